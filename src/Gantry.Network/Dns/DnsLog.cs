using System.Net;
using Microsoft.Extensions.Logging;

namespace Gantry.Network.Dns;

internal static partial class DnsLog
{
    [LoggerMessage(4001, LogLevel.Information, "names are answered at {Address}")]
    public static partial void Listening(ILogger log, IPEndPoint address);

    [LoggerMessage(4002, LogLevel.Error, "a request for a name failed")]
    public static partial void RequestFailed(ILogger log, Exception failure);
}
