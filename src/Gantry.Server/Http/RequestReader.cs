using System.Buffers;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>Reads whole bodies, up to a limit.</summary>
internal static class RequestReader
{
    public static async ValueTask<(ReadOnlyMemory<byte> Body, ApiStatus? Refusal)> BodyAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
        {
            return (default, TooLarge(limit));
        }

        if (request.ContentLength == 0)
        {
            return (default, null);
        }

        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (result.Buffer.Length > limit)
            {
                reader.AdvanceTo(result.Buffer.End);
                return (default, TooLarge(limit));
            }

            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return (body, null);
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static ApiStatus TooLarge(int limit) =>
        ApiStatus.RequestEntityTooLarge(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"limit is {limit}"));
}
