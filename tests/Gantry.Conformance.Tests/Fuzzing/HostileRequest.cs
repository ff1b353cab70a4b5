using System.Text;

namespace Gantry.Conformance.Tests.Fuzzing;

/// <summary>One request as it goes out.</summary>
internal sealed record HostileRequest(string Method, string Path, byte[]? Body, string? ContentType, string Accept = "application/json")
{
    /// <param name="server">Where it goes; a path that begins with two slashes is still a path of this server.</param>
    public HttpRequestMessage Message(Uri server)
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), server.GetLeftPart(UriPartial.Authority) + Path);
        message.Headers.TryAddWithoutValidation("Accept", Accept);
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }

        return message;
    }

    public override string ToString() => $"{Method} {Path} ({ContentType}; accepts {Accept})\n{(Body is null ? "" : Encoding.UTF8.GetString(Body))}";
}
