using Microsoft.AspNetCore.Http;

namespace Gantry.Node.Streaming;

/// <summary>Answers in words, as a node does: clients of upgraded connections print a refusal's body as it is.</summary>
internal static class PlainAnswer
{
    public static async Task WriteAsync(HttpContext context, int status, string text, CancellationToken ct)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, ct);
    }
}
