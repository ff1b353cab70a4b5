using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Services;

/// <summary>Works out which address families a Service is to have, from whatever of ipFamilyPolicy, ipFamilies and clusterIPs was given.</summary>
internal static class ServiceFamilies
{
    private static readonly FieldPath Spec = FieldPath.Root("spec");
    private static readonly FieldPath Policy = Spec.Child("ipFamilyPolicy");

    /// <summary>Fills in ipFamilies and ipFamilyPolicy.</summary>
    /// <param name="spec">The spec, changed in place.</param>
    /// <param name="old">The stored spec before an update.</param>
    /// <param name="families">The cluster's families, the primary first.</param>
    /// <returns>The fields that contradict each other or ask for what the cluster does not have.</returns>
    public static IReadOnlyList<FieldError> Complete(TreeMap spec, V1ServiceSpec? old, IReadOnlyList<string> families)
    {
        if (!ServiceFields.NeedsAddress(spec) || StaysPreferred(spec, old))
        {
            return [];
        }

        // Without a selector the addresses are somebody else's, so both families are possible whatever the cluster has.
        var isForeign = spec.Text("clusterIP") == ServiceFields.None && !spec.HasItems("selector");
        if (!spec.Has("ipFamilyPolicy"))
        {
            spec["ipFamilyPolicy"] = old?.IpFamilyPolicy ?? (isForeign ? ServiceFields.RequireDualStack : ServiceFields.SingleStack);
        }

        var (policy, errors) = (spec.Text("ipFamilyPolicy") ?? "", new FieldErrors());
        ServiceAddressRules.Addresses(errors, spec.Text("clusterIP") ?? "", spec.Texts("clusterIPs"), spec.Texts("ipFamilies"), policy, Spec);
        if (errors.Any)
        {
            return errors.List;
        }

        Reduce(errors, spec, old, policy);
        Several(errors, spec, policy);
        Infer(errors, spec, families);
        if (!errors.Any && !isForeign)
        {
            Configured(errors, spec, policy, families);
        }

        if (!errors.Any)
        {
            var chosen = spec.Texts("ipFamilies");
            spec.SetTexts("ipFamilies", Extended(chosen.Count == 0 ? [families[0]] : chosen, policy, isForeign ? ["IPv4", "IPv6"] : families));
        }

        return errors.List;
    }

    /// <summary>Whether a service that prefers two families goes on as it is: it gains and loses none because the cluster has others by now.</summary>
    public static bool StaysPreferred(TreeMap spec, V1ServiceSpec? old)
    {
        const string preferred = "PreferDualStack";
        return old is not null && old.Type == spec.Text("type") && spec.Text("type") is "ClusterIP" or "NodePort" or "LoadBalancer"
            && spec.Text("ipFamilyPolicy") == preferred && old!.IpFamilyPolicy is null or preferred
            && Same(spec, "clusterIPs", old!.ClusterIPs) && Same(spec, "ipFamilies", old.IpFamilies);
    }

    private static bool Same(TreeMap spec, string key, IReadOnlyList<string> old) => spec.Texts(key).SequenceEqual(old, StringComparer.Ordinal);

    // An update to one family that leaves the lists alone means: without the second entry. Any other does not let go of one.
    private static void Reduce(FieldErrors errors, TreeMap spec, V1ServiceSpec? old, string policy)
    {
        if (old is null)
        {
            return;
        }

        foreach (var (key, before, what) in (ReadOnlySpan<(string, IReadOnlyList<string>, string)>)[("clusterIPs", old.ClusterIPs, "cluster IP"), ("ipFamilies", old.IpFamilies, "IP family")])
        {
            var now = spec.Texts(key);
            if (policy != ServiceFields.SingleStack)
            {
                if (now.Count > 0 && now.Count < before.Count)
                {
                    errors.Invalid(Policy, policy, $"must be 'SingleStack' to release the secondary {what}");
                }
            }
            else if (now.Count > 1 && now.SequenceEqual(before, StringComparer.Ordinal))
            {
                spec.SetTexts(key, [now[0]]);
            }
        }
    }

    private static void Several(FieldErrors errors, TreeMap spec, string policy)
    {
        foreach (var (key, what) in (ReadOnlySpan<(string, string)>)[("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")])
        {
            if (policy == ServiceFields.SingleStack && spec.Texts(key).Count == 2)
            {
                errors.Invalid(Policy, policy, $"must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified");
            }
        }
    }

    private static void Infer(FieldErrors errors, TreeMap spec, IReadOnlyList<string> families)
    {
        var (addresses, chosen) = (spec.Texts("clusterIPs"), spec.Texts("ipFamilies").ToList());
        var known = chosen.Count;
        for (var i = 0; i < addresses.Count && addresses[i] != ServiceFields.None; i++)
        {
            if (i < chosen.Count)
            {
                continue;
            }

            var family = Rules.FamilyOf(addresses[i]);
            if (families.Contains(family, StringComparer.Ordinal))
            {
                chosen.Add(family);
            }
            else
            {
                errors.InvalidDump(Spec.Child("clusterIPs").Index(i), GoDump.Of(addresses), $"{family} is not configured on this cluster");
            }
        }

        if (chosen.Count > known)
        {
            spec.SetTexts("ipFamilies", chosen);
        }
    }

    private static void Configured(FieldErrors errors, TreeMap spec, string policy, IReadOnlyList<string> families)
    {
        if (policy == ServiceFields.RequireDualStack && families.Count < 2)
        {
            errors.Invalid(Policy, policy, "this cluster is not configured for dual-stack services");
        }

        var chosen = spec.Texts("ipFamilies");
        for (var i = 0; i < chosen.Count; i++)
        {
            if (!families.Contains(chosen[i], StringComparer.Ordinal))
            {
                errors.Invalid(Spec.Child("ipFamilies").Index(i), chosen[i], "not configured on this cluster");
            }
        }
    }

    private static IReadOnlyList<string> Extended(IReadOnlyList<string> chosen, string policy, IReadOnlyList<string> families) =>
        chosen.Count == 1 && policy != ServiceFields.SingleStack && families.FirstOrDefault(f => f != chosen[0]) is { } other ? [chosen[0], other] : chosen;
}
