using Gantry.Api.Models;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>What the pods of a namespace would have to say about a stricter standard; pure.</summary>
internal static class ExistingPods
{
    /// <summary>As many as are looked at for one request.</summary>
    public const int Most = 3000;

    /// <summary>One warning for each kind of fault, with the first pod that has it and how many more there are.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="standard">What is to be enforced.</param>
    /// <param name="pods">The pods, by name.</param>
    /// <param name="exempt">Runtime classes whose pods do not count.</param>
    public static IReadOnlyList<string> Warnings(string ns, SecurityStandard standard, IReadOnlyList<V1Pod> pods, IReadOnlyList<string> exempt)
    {
        var faults = new Dictionary<string, (string First, int Count)>(StringComparer.Ordinal);
        foreach (var pod in Prioritized(pods).Take(Most))
        {
            if (pod.Spec.RuntimeClassName is { Length: > 0 } runtime && exempt.Contains(runtime, StringComparer.Ordinal))
            {
                continue;
            }

            if (Standards.Check(standard, pod.Metadata, pod.Spec) is { Count: > 0 } broken)
            {
                var reasons = Violation.Reasons(broken);
                var (first, count) = faults.GetValueOrDefault(reasons, (pod.Metadata.Name, 0));
                faults[reasons] = (string.CompareOrdinal(pod.Metadata.Name, first) < 0 ? pod.Metadata.Name : first, count + 1);
            }
        }

        var warnings = new List<string>();
        if (pods.Count > Most)
        {
            warnings.Add($"new PodSecurity enforce level only checked against the first {Most} of {pods.Count} existing pods");
        }

        if (faults.Count > 0)
        {
            warnings.Add($"existing pods in namespace \"{ns}\" violate the new PodSecurity enforce level \"{standard}\"");
        }

        warnings.AddRange(faults.Select(f => Line(f.Key, f.Value.First, f.Value.Count)).Order(StringComparer.Ordinal));
        return warnings;
    }

    private static string Line(string reasons, string first, int count) => count switch
    {
        1 => $"{first}: {reasons}",
        2 => $"{first} (and 1 other pod): {reasons}",
        _ => $"{first} (and {count - 1} other pods): {reasons}",
    };

    // Pods of one controller are alike: the first of each comes before the second of any.
    private static IEnumerable<V1Pod> Prioritized(IReadOnlyList<V1Pod> pods)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var others = new List<V1Pod>();
        foreach (var pod in pods)
        {
            if (pod.Metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true) is { } owner && !seen.Add(owner.Uid))
            {
                others.Add(pod);
            }
            else
            {
                yield return pod;
            }
        }

        foreach (var pod in others)
        {
            yield return pod;
        }
    }
}
