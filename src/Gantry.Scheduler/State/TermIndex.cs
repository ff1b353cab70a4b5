using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>
/// The affinity terms of placed pods, each distinct term once, so that a new pod is matched against terms, not against pods:
/// existing pods' anti-affinity binds newcomers, and their preferences score for newcomers.
/// </summary>
internal sealed class TermIndex
{
    private readonly Dictionary<(TermKind Kind, int Weight, string Text), TermHolders> _terms = [];
    private readonly Scoped<TermHolders> _anti = new();
    private readonly Scoped<TermHolders> _scoring = new();

    public void Apply(PodFact pod, int slot, int sign)
    {
        foreach (var term in pod.Affinity)
        {
            Apply(TermKind.RequiredAffinity, 1, term, slot, sign);
        }

        foreach (var term in pod.AntiAffinity)
        {
            Apply(TermKind.RequiredAntiAffinity, 1, term, slot, sign);
        }

        foreach (var preferred in pod.PreferredAffinity)
        {
            Apply(TermKind.PreferredAffinity, preferred.Weight, preferred.Term, slot, sign);
        }

        foreach (var preferred in pod.PreferredAntiAffinity)
        {
            Apply(TermKind.PreferredAntiAffinity, preferred.Weight, preferred.Term, slot, sign);
        }
    }

    /// <summary>Required anti-affinity terms of placed pods that match this pod.</summary>
    public List<TermHolders>? AntiMatching(PodFact pod, INamespaceLabels namespaces) => Matching(_anti, pod, namespaces);

    /// <summary>The other terms of placed pods that match this pod.</summary>
    public List<TermHolders>? ScoringMatching(PodFact pod, INamespaceLabels namespaces) => Matching(_scoring, pod, namespaces);

    private static List<TermHolders>? Matching(Scoped<TermHolders> scoped, PodFact pod, INamespaceLabels namespaces)
    {
        List<TermHolders>? found = null;
        Collect(scoped.In(pod.Namespace), pod, namespaces, ref found);
        Collect(scoped.Anywhere, pod, namespaces, ref found);
        return found;
    }

    private static void Collect(List<TermHolders>? candidates, PodFact pod, INamespaceLabels namespaces, ref List<TermHolders>? found)
    {
        if (candidates is null)
        {
            return;
        }

        foreach (var holders in candidates)
        {
            if (holders.Term.Matches(pod, namespaces))
            {
                (found ??= []).Add(holders);
            }
        }
    }

    private void Apply(TermKind kind, int weight, PodTerm term, int slot, int sign)
    {
        var key = (kind, weight, term.Text);
        var scoped = kind == TermKind.RequiredAntiAffinity ? _anti : _scoring;
        if (!_terms.TryGetValue(key, out var holders))
        {
            holders = new TermHolders(kind, weight, term);
            _terms.Add(key, holders);
            scoped.Add(term.OnlyNamespace, holders);
        }

        holders.Apply(slot, sign);
        if (holders.Total == 0)
        {
            _terms.Remove(key);
            scoped.Remove(term.OnlyNamespace, holders);
        }
    }
}
