namespace Gantry.Scheduler.Facts;

/// <summary>One pod affinity or anti-affinity term, complete in itself: own namespace and label keys are already folded in.</summary>
public sealed class PodTerm
{
    private readonly string[] _namespaces;
    private readonly Selector _namespaceSelector;

    /// <param name="topologyKey">The node label whose value names the domain.</param>
    /// <param name="selector">Which pods are meant.</param>
    /// <param name="namespaces">Where they are; the caller puts the pod's own namespace here when the API term names none.</param>
    /// <param name="namespaceSelector">Further namespaces by label; <see cref="Selector.Nothing"/> for none.</param>
    public PodTerm(string topologyKey, Selector selector, string[] namespaces, Selector? namespaceSelector = null)
    {
        TopologyKey = topologyKey;
        Selector = selector;
        _namespaces = namespaces;
        _namespaceSelector = namespaceSelector ?? Selector.Nothing;
        var sorted = (string[])namespaces.Clone();
        Array.Sort(sorted, StringComparer.Ordinal);
        Text = $"{topologyKey}|{string.Join(',', sorted)}|{_namespaceSelector.Text}|{selector.Text}";
    }

    public string TopologyKey { get; }

    public Selector Selector { get; }

    /// <summary>Terms with equal text mean the same.</summary>
    public string Text { get; }

    /// <summary>The one namespace this term can match in, or null when it may match in several.</summary>
    public string? OnlyNamespace => _namespaces.Length == 1 && ReferenceEquals(_namespaceSelector, Selector.Nothing) ? _namespaces[0] : null;

    /// <summary>True when a change of namespace labels can change what this term matches.</summary>
    public bool UsesNamespaceLabels => !ReferenceEquals(_namespaceSelector, Selector.Nothing) && !_namespaceSelector.IsEmpty;

    public bool Matches(PodFact pod, INamespaceLabels namespaces) => InScope(pod.Namespace, namespaces) && Selector.Matches(pod.Labels);

    private bool InScope(string name, INamespaceLabels namespaces)
    {
        foreach (var candidate in _namespaces)
        {
            if (string.Equals(candidate, name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return !ReferenceEquals(_namespaceSelector, Selector.Nothing) && _namespaceSelector.Matches(namespaces.LabelsOf(name));
    }
}
