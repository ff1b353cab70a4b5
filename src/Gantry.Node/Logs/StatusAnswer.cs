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
        await context.Response.Body.WriteAsync(ApiJson.Encode(status), ct);
    }
}
