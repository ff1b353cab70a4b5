using Gantry.Server.Encryption.Kms;

namespace Gantry.Server.Encryption;

/// <summary>Which providers encrypt which resources: what a configuration comes down to. Immutable; it owns the connections of its providers.</summary>
public sealed class EncryptionRules : IDisposable
{
    private static readonly IReadOnlyList<ValueProvider> Plain = [ValueProvider.Identity];

    private readonly Dictionary<(string Group, string Plural), IReadOnlyList<ValueProvider>> _providers;

    /// <param name="entries">Resources (the plural, or <c>*</c> for all of a group; the group, or <c>*</c> for all) with their providers; of the same resource all of them count, in order.</param>
    public EncryptionRules(IEnumerable<((string Group, string Plural) Resource, IReadOnlyList<ValueProvider> Providers)> entries)
    {
        _providers = entries.GroupBy(e => e.Resource).ToDictionary(g => g.Key, IReadOnlyList<ValueProvider> (g) => [.. g.SelectMany(e => e.Providers)]);
        Remote = [.. _providers.Values.SelectMany(p => p).OfType<KmsProvider>().Distinct()];
    }

    /// <summary>The providers whose keys are elsewhere.</summary>
    internal IReadOnlyList<KmsProvider> Remote { get; }

    /// <summary>Gets what is needed to read a stored value and is not here. Goes before <see cref="Read"/>.</summary>
    public ValueTask ReadyAsync(string key, ReadOnlyMemory<byte> stored, CancellationToken cancellation)
    {
        if (Remote.Count > 0)
        {
            foreach (var provider in Of(key))
            {
                if (provider is KmsProvider && provider.Wrote(stored.Span))
                {
                    return provider.ReadyAsync(stored, cancellation);
                }
            }
        }

        return default;
    }

    /// <summary>Why keys that are elsewhere cannot be used; null where they can. Named by provider where there are several.</summary>
    public async ValueTask<string?> CheckAsync(CancellationToken cancellation)
    {
        var faults = new List<string>();
        foreach (var provider in Remote)
        {
            if (await provider.Probe.CheckAsync(cancellation).ConfigureAwait(false) is { } fault)
            {
                faults.Add(fault);
            }
        }

        return faults.Count == 0 ? null : faults.Count == 1 ? faults[0] : "[" + string.Join(", ", faults) + "]";
    }

    public void Dispose()
    {
        foreach (var provider in Remote)
        {
            provider.Dispose();
        }
    }

    /// <summary>The value as the store is to keep it.</summary>
    public ReadOnlyMemory<byte> Write(string key, ReadOnlyMemory<byte> value)
    {
        var first = Of(key)[0];
        return first.IsIdentity ? value : first.Write(value, StoreKeys.Context(key));
    }

    /// <summary>The value behind what the store keeps.</summary>
    /// <returns>
    /// The value and whether it would be stored otherwise today; or why it cannot be read, in Kubernetes' words, and whether somebody else has the key, so that it may be
    /// readable later.
    /// </returns>
    public (ReadOnlyMemory<byte> Value, bool Stale, string? Problem, bool Away) Read(string key, ReadOnlyMemory<byte> stored)
    {
        var providers = Of(key);
        if (providers[0].IsIdentity && !stored.Span.StartsWith(ValueProvider.AnyMark))
        {
            return (stored, false, null, false);
        }

        var context = StoreKeys.Context(key);
        var problems = new List<string>();
        var away = false;
        for (var i = 0; i < providers.Count; i++)
        {
            if (!providers[i].Wrote(stored.Span))
            {
                continue;
            }

            var (value, stale, problem) = providers[i].Read(stored, context);
            if (problem is null)
            {
                return (value, stale || i > 0, null, false);
            }

            away |= providers[i] is KmsProvider;
            // An identity provider only says that it is not the right one, unless it is the only one.
            if (!providers[i].IsIdentity || providers.Count == 1)
            {
                problems.Add(problem);
            }
        }

        return (default, false, problems.Count == 0 ? "no matching prefix found" : string.Join(", ", problems), away);
    }

    private IReadOnlyList<ValueProvider> Of(string key)
    {
        var resource = StoreKeys.Resource(key);
        return _providers.GetValueOrDefault(resource) ?? _providers.GetValueOrDefault((resource.Group, "*")) ?? _providers.GetValueOrDefault(("*", "*")) ?? Plain;
    }
}
