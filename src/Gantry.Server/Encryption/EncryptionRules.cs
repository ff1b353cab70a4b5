namespace Gantry.Server.Encryption;

/// <summary>Which providers encrypt which resources: what a configuration comes down to. Immutable.</summary>
public sealed class EncryptionRules
{
    private static readonly IReadOnlyList<ValueProvider> Plain = [ValueProvider.Identity];

    private readonly Dictionary<(string Group, string Plural), IReadOnlyList<ValueProvider>> _providers;

    /// <param name="entries">Resources (the plural, or <c>*</c> for all of a group; the group, or <c>*</c> for all) with their providers; of the same resource all of them count, in order.</param>
    public EncryptionRules(IEnumerable<((string Group, string Plural) Resource, IReadOnlyList<ValueProvider> Providers)> entries)
    {
        _providers = entries.GroupBy(e => e.Resource).ToDictionary(g => g.Key, IReadOnlyList<ValueProvider> (g) => [.. g.SelectMany(e => e.Providers)]);
    }

    /// <summary>The value as the store is to keep it.</summary>
    public ReadOnlyMemory<byte> Write(string key, ReadOnlyMemory<byte> value)
    {
        var first = Of(key)[0];
        return first.IsIdentity ? value : first.Write(value, StoreKeys.Context(key));
    }

    /// <summary>The value behind what the store keeps.</summary>
    /// <returns>The value and whether it would be stored otherwise today; or why it cannot be read, in Kubernetes' words.</returns>
    public (ReadOnlyMemory<byte> Value, bool Stale, string? Problem) Read(string key, ReadOnlyMemory<byte> stored)
    {
        var providers = Of(key);
        if (providers[0].IsIdentity && !stored.Span.StartsWith(ValueProvider.AnyMark))
        {
            return (stored, false, null);
        }

        var context = StoreKeys.Context(key);
        var problems = new List<string>();
        for (var i = 0; i < providers.Count; i++)
        {
            if (!providers[i].Wrote(stored.Span))
            {
                continue;
            }

            var (value, stale, problem) = providers[i].Read(stored, context);
            if (problem is null)
            {
                return (value, stale || i > 0, null);
            }

            // An identity provider only says that it is not the right one, unless it is the only one.
            if (!providers[i].IsIdentity || providers.Count == 1)
            {
                problems.Add(problem);
            }
        }

        return (default, false, problems.Count == 0 ? "no matching prefix found" : string.Join(", ", problems));
    }

    private IReadOnlyList<ValueProvider> Of(string key)
    {
        var resource = StoreKeys.Resource(key);
        return _providers.GetValueOrDefault(resource) ?? _providers.GetValueOrDefault((resource.Group, "*")) ?? _providers.GetValueOrDefault(("*", "*")) ?? Plain;
    }
}
