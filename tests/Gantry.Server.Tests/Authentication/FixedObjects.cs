using Gantry.Server.Authentication.Tokens;

namespace Gantry.Server.Tests.Authentication;

/// <summary>Objects that tokens are bound to, set by hand.</summary>
internal sealed class FixedObjects : IBoundObjects
{
    public Dictionary<(BoundKind Kind, string Namespace, string Name), LiveObject> Objects { get; } = [];

    public ValueTask<LiveObject?> FindAsync(BoundKind kind, string ns, string name, CancellationToken cancellation) =>
        ValueTask.FromResult(Objects.GetValueOrDefault((kind, ns, name)));
}
