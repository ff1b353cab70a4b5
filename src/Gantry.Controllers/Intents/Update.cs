using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>Replaces an object or one subresource. The resourceVersion in it guards against lost updates.</summary>
public sealed record Update<T>(T Object, string Subresource = "") : Intent
    where T : class, IApiObject<T>
{
    internal override async ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct)
    {
        var result = await context.Api.UpdateAsync(Object, Subresource, ct).ConfigureAwait(false);
        return result.Error is { } error
            ? new Performed(error, Object.Metadata.Name, null)
            : new Performed(null, Object.Metadata.Name, Sight.Reached<T>(context, result.Require().Metadata));
    }
}
