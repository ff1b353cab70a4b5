using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>Deletes an object of any kind, in the version that was looked at (any if that is empty). One that is gone is no failure.</summary>
public sealed record DeleteAny(ResourceId Resource, ObjectKey Key, string Uid, string ResourceVersion, string Propagation) : Intent
{
    internal override async ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct)
    {
        var options = new V1DeleteOptions
        {
            Preconditions = new V1Preconditions { Uid = Uid, ResourceVersion = ResourceVersion.Length > 0 ? ResourceVersion : null },
            PropagationPolicy = Propagation,
        };
        var result = await context.Metadata.DeleteAsync(Resource, Key.Namespace, Key.Name, options, ct).ConfigureAwait(false);
        return new Performed(result.Error is { IsNotFound: true } ? null : result.Error, Key.Name, null);
    }
}
