using System.Globalization;
using System.Net.Http.Headers;

namespace Gantry.Node.Grpc;

/// <summary>Reads a call's outcome from the trailers, or from the headers when the peer sent nothing else.</summary>
public static class GrpcTrailers
{
    /// <summary>Null when the headers hold no status. The message is percent-encoded UTF-8 on the wire.</summary>
    public static (GrpcStatusCode Code, string Message)? Read(HttpHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var status))
        {
            return null;
        }

        var code = int.TryParse(status.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 16
            ? (GrpcStatusCode)number
            : GrpcStatusCode.Unknown;
        var message = headers.TryGetValues("grpc-message", out var text) ? Uri.UnescapeDataString(text.First()) : "";
        return (code, message);
    }

    /// <summary>The grpc-timeout header's value: at most eight digits and a unit, rounded up so that it never ends early.</summary>
    public static string Timeout(TimeSpan limit)
    {
        var milliseconds = Math.Max(1, (long)Math.Ceiling(limit.TotalMilliseconds));
        return milliseconds < 100_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(99_999_999, (milliseconds + 999) / 1000)}S");
    }
}
