using Gantry.Api;
using Gantry.Api.Models;
using Microsoft.AspNetCore.Http;

namespace Gantry.Node.Logs;

/// <summary>Answers with a Status object.</summary>
internal static class StatusAnswer
{
    public static async Task WriteAsync(HttpContext context, V1Status status, CancellationToken ct)
    {
        context.Response.StatusCode = status.Code;
        context.Response.ContentType = "application/json";
        // The model writes its own members; as an answer it also says what it is.
        byte[] body = [.. "{\"kind\":\"Status\",\"apiVersion\":\"v1\","u8, .. ApiJson.Encode(status).AsSpan(1)];
        await context.Response.Body.WriteAsync(body, ct);
    }
}
