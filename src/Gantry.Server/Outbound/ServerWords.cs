using System.Globalization;
using System.Text;
using Gantry.Server.Authorization;

namespace Gantry.Server.Outbound;

/// <summary>What clients of Kubernetes say when a server answers with a code of failure and no Status.</summary>
internal static class ServerWords
{
    // Nobody reads more of a page of errors.
    private const int MostBody = 2048;

    /// <param name="code">The status code, no success.</param>
    /// <param name="body">What was sent with it.</param>
    public static string Of(int code, byte[] body) => code switch
    {
        400 => "the server rejected our request for an unknown reason",
        401 => "the server has asked for the client to provide credentials",
        403 => body.Length == 0 ? "forbidden" : Text(body),
        404 => "the server could not find the requested resource",
        405 => "the server does not allow this method on the requested resource",
        406 => "the server was unable to respond with a content type that the client supports",
        409 => "the server reported a conflict",
        415 => "the server was not able to process the content type",
        422 => "the server rejected our request due to an error in our request",
        429 => "the server has received too many requests and has asked us to try again later",
        503 => "the server is currently unable to handle the request",
        504 => "the server was unable to return a response in the time allotted, but may still be processing the request",
        >= 500 => $"an error on the server ({GoText.Quote(Text(body))}) has prevented the request from succeeding",
        _ => string.Create(CultureInfo.InvariantCulture, $"the server responded with the status code {code} but did not return more information"),
    };

    private static string Text(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MostBody))).TrimEnd('\n');
}
