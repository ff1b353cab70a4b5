using Gantry.Client.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gantry.Node.Streaming;

/// <summary>Connects a SPDY client to the runtime's streaming server: after the upgrade, bytes go through as they are.</summary>
internal static class SpdyPassage
{
    /// <param name="context">The client's request.</param>
    /// <param name="connect">Opens the runtime's side with the protocols given.</param>
    /// <param name="known">The protocols on top of SPDY that may be chosen.</param>
    /// <param name="clock">Time.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task RunAsync(
        HttpContext context, Func<IEnumerable<string>, Task<UpgradedConnection>> connect, IReadOnlyList<string> known, TimeProvider clock, CancellationToken ct)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || !context.Request.Headers.Upgrade.Any(v => string.Equals(v, StreamProtocols.Spdy, StringComparison.OrdinalIgnoreCase)))
        {
            var seen = context.Request.Headers.Upgrade.ToString();
            await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, $"unable to upgrade: missing upgrade headers in request: {seen}", ct);
            return;
        }

        // Old clients name no protocol and mean the oldest.
        var offered = context.Request.Headers.GetCommaSeparatedValues(StreamProtocols.Header);
        var usable = offered.Where(known.Contains).ToList();
        if (offered.Length > 0 && usable.Count == 0)
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status403Forbidden,
                $"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', offered)}], server accepts [{string.Join(' ', known)}]", ct);
            return;
        }

        UpgradedConnection runtime;
        try
        {
            runtime = await connect(usable);
        }
        catch (UpgradeRefusedException refusal)
        {
            await PlainAnswer.WriteAsync(context, refusal.Status, refusal.Message, ct);
            return;
        }

        using (runtime)
        {
            context.Response.Headers.Upgrade = StreamProtocols.Spdy;
            if (runtime.Header(StreamProtocols.Header) is { } chosen)
            {
                context.Response.Headers[StreamProtocols.Header] = chosen;
            }

            await using var client = await upgrade.UpgradeAsync();
            if (await StreamJoin.RunAsync(client, runtime.Stream, clock, ct) is { } failure)
            {
                throw new IOException(failure.Message, failure);
            }
        }
    }
}
