using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>Patches an object or one subresource. An object that is gone is no failure: there is nothing left to patch.</summary>
public sealed record Patch<T>(ObjectKey Key, PatchBody Body, string Subresource = "") : Intent
    where T : class, IApiObject<T>
{
    public bool Equals(Patch<T>? other) =>
        other is not null && Key == other.Key && Subresource == other.Subresource && Body.Type == other.Body.Type
        && Body.Content.Span.SequenceEqual(other.Body.Content.Span);

    public override int GetHashCode() => HashCode.Combine(Key, Subresource, Body.Type, Body.Content.Length);

    internal override async ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct)
    {
        var result = await context.Api.PatchAsync<T>(Key.Namespace, Key.Name, Body, Subresource, ct).ConfigureAwait(false);
        return result switch
        {
            { Error: { IsNotFound: true } } => new Performed(null, Key.Name, null),
            { Error: { } error } => new Performed(error, Key.Name, null),
            { Value: { } value } => new Performed(null, Key.Name, Sight.Reached<T>(context, value.Metadata)),
            _ => new Performed(null, Key.Name, null),
        };
    }
}
