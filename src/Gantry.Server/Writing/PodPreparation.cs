using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>What the server makes of a new pod.</summary>
internal static class PodPreparation
{
    private const string AppArmor = "container.apparmor.security.beta.kubernetes.io/";
    private const string LocalProfile = "localhost/";

    private static readonly string[] ContainerLists = ["initContainers", "containers", "ephemeralContainers"];

    private static readonly string[] AffinityTerms = ["requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"];

    public static void Create(TreeMap pod, Action<string> warn)
    {
        var spec = pod.Made("spec");
        var status = new TreeMap { { "phase", "Pending" }, { "qosClass", PodQuality.Of(spec) } };
        if (spec.HasItems("schedulingGates"))
        {
            var now = pod.Map("metadata")?["creationTimestamp"] ?? TreeNull.Instance;
            PodConditions.Set(status, "PodScheduled", "False", "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates", now);
        }

        pod["status"] = status;
        if (spec.Map("affinity") is { } affinity)
        {
            MergeLabelKeys(affinity.Map("podAffinity"), pod);
            MergeLabelKeys(affinity.Map("podAntiAffinity"), pod);
        }

        if (spec.Map("os")?.Text("name") != "windows")
        {
            AlignAppArmor(pod, spec, warn);
        }
    }

    // The scheduler looks at the selector alone, so the pod's own labels become part of it.
    private static void MergeLabelKeys(TreeMap? affinity, TreeMap pod)
    {
        if (affinity is null)
        {
            return;
        }

        foreach (var terms in AffinityTerms)
        {
            foreach (var item in affinity.Items(terms))
            {
                var term = item.Map("podAffinityTerm") ?? item;
                if (term.Map("labelSelector") is { } selector)
                {
                    MergeLabelKeys(selector, term.List("matchLabelKeys"), "In", pod);
                    MergeLabelKeys(selector, term.List("mismatchLabelKeys"), "NotIn", pod);
                }
            }
        }
    }

    private static void MergeLabelKeys(TreeMap selector, TreeList? keys, string operation, TreeMap pod)
    {
        foreach (var key in keys?.OfType<TreeString>() ?? [])
        {
            if (pod.Map("metadata")?.Map("labels")?[key.Value] is not { } value)
            {
                continue;
            }

            var expressions = selector.List("matchExpressions") ?? new TreeList();
            selector["matchExpressions"] = expressions;
            expressions.Add(new TreeMap { { "key", key.Value }, { "operator", operation }, { "values", new TreeList { value } } });
        }
    }

    // Before 1.30 the profile was an annotation. Whichever of the two is given, the other follows.
    private static void AlignAppArmor(TreeMap pod, TreeMap spec, Action<string> warn)
    {
        var whole = spec.Map("securityContext")?.Map("appArmorProfile");
        var annotations = pod.Map("metadata")?.Map("annotations");
        var added = new TreeMap();
        foreach (var container in ContainerLists.SelectMany(spec.Items))
        {
            var key = AppArmor + container.Text("name");
            var own = container.Map("securityContext")?.Map("appArmorProfile");
            if (annotations?.Text(key) is not { } annotation)
            {
                if (AnnotationOf(own ?? whole) is { } text)
                {
                    added[key] = text;
                }
            }
            else if (own is null)
            {
                var profile = ProfileOf(annotation);
                if (profile is null || !profile.Equals(whole))
                {
                    warn($"metadata.annotations[{key}]: deprecated since v1.30; use the \"appArmorProfile\" field instead");
                }

                if (profile is not null && !profile.Equals(whole))
                {
                    container.Made("securityContext")["appArmorProfile"] = profile;
                }
            }
        }

        pod.Made("metadata").DefaultEntries("annotations", added);
    }

    private static string? AnnotationOf(TreeMap? profile) => profile?.Text("type") switch
    {
        "Unconfined" => "unconfined",
        "RuntimeDefault" => "runtime/default",
        "Localhost" when profile.Text("localhostProfile") is { } name => LocalProfile + name,
        _ => null,
    };

    private static TreeMap? ProfileOf(string annotation) => annotation switch
    {
        "unconfined" => new TreeMap { { "type", "Unconfined" } },
        "runtime/default" => new TreeMap { { "type", "RuntimeDefault" } },
        _ when annotation.StartsWith(LocalProfile, StringComparison.Ordinal) && annotation[LocalProfile.Length..].Trim() is { Length: > 0 } name
            && name.Length == annotation.Length - LocalProfile.Length => new TreeMap { { "type", "Localhost" }, { "localhostProfile", name } },
        _ => null,
    };
}
