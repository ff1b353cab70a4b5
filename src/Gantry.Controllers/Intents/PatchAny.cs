using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>Patches the metadata of an object of any kind. An object that is gone is no failure.</summary>
public sealed record PatchAny(ResourceId Resource, ObjectKey Key, PatchBody Body) : Intent
{
    public bool Equals(PatchAny? other) =>
        other is not null && Resource == other.Resource && Key == other.Key && Body.Type == other.Body.Type && Body.Content.Span.SequenceEqual(other.Body.Content.Span);

    public override int GetHashCode() => HashCode.Combine(Resource, Key, Body.Content.Length);

    internal override async ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct)
    {
        var result = await context.Metadata.PatchAsync(Resource, Key.Namespace, Key.Name, Body, ct).ConfigureAwait(false);
        return new Performed(result.Error is { IsNotFound: true } ? null : result.Error, Key.Name, null);
    }
}
