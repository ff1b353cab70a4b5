using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Gantry.Server.Outbound;

/// <summary>Why a connection failed, in the words in which Kubernetes' servers tell it.</summary>
internal static class TransportWords
{
    /// <param name="fault">What was thrown.</param>
    /// <param name="target">Whom the connection was for.</param>
    public static string Of(Exception fault, Uri target)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return string.Create(CultureInfo.InvariantCulture, $"dial tcp {target.Host}:{target.Port}: connect: connection refused");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return $"dial tcp: lookup {target.Host}: no such host";
                case SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable }:
                    return string.Create(CultureInfo.InvariantCulture, $"dial tcp {target.Host}:{target.Port}: connect: no route to host");
                case AuthenticationException:
                    return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
            }
        }

        return (fault.InnerException ?? fault).Message;
    }
}
