using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Where requests carry bearer tokens.</summary>
public static class BearerToken
{
    /// <summary>Longer tokens are refused unread. Tokens of large identity providers stay below 8 KiB.</summary>
    public const int MaximumLength = 16 * 1024;

    /// <summary>Browsers cannot set headers on WebSockets, so the token travels as a protocol name with this prefix, in base64url.</summary>
    public const string ProtocolPrefix = "base64url.bearer.authorization.k8s.io.";

    /// <summary>The token of a request, or null when it has none.</summary>
    public static string? Of(IHeaderDictionary headers)
    {
        var header = headers.Authorization.ToString().Trim();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var token = header["Bearer ".Length..].Trim();
            return token.Length == 0 ? null : token;
        }

        if (headers.Upgrade.Count == 0 && headers.SecWebSocketProtocol.Count == 0)
        {
            return null;
        }

        foreach (var protocol in headers.SecWebSocketProtocol.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            if (protocol.StartsWith(ProtocolPrefix, StringComparison.Ordinal))
            {
                try
                {
                    return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(protocol.AsSpan(ProtocolPrefix.Length)));
                }
                catch (FormatException)
                {
                    return null;
                }
            }
        }

        return null;
    }
}
