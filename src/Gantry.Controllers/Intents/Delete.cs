using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>Deletes the object with that name and uid. One that is gone, or is another by now, is no failure.</summary>
public sealed record Delete<T>(ObjectKey Key, string Uid) : Intent
    where T : class, IApiObject<T>
{
    /// <summary><c>Background</c>, <c>Foreground</c>, <c>Orphan</c>, or null for the kind's default.</summary>
    public string? Propagation { get; init; }

    /// <summary>Null for the object's own.</summary>
    public long? GraceSeconds { get; init; }

    /// <summary>Deletes only this version of the object; empty for any.</summary>
    public string ResourceVersion { get; init; } = "";

    internal override async ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct)
    {
        var options = new V1DeleteOptions
        {
            Preconditions = new V1Preconditions { Uid = Uid, ResourceVersion = ResourceVersion.Length > 0 ? ResourceVersion : null },
            PropagationPolicy = Propagation,
            GracePeriodSeconds = GraceSeconds,
        };
        var result = await context.Api.DeleteAsync<T>(Key.Namespace, Key.Name, options, ct).ConfigureAwait(false);
        if (result.Error is { IsNotFound: true } || (result.Error is { IsConflict: true } && ResourceVersion.Length == 0))
        {
            return new Performed(null, Key.Name, null);
        }

        return result.Error is { } error ? new Performed(error, Key.Name, null) : new Performed(null, Key.Name, Sight.Leaving<T>(context, Key, Uid));
    }
}
