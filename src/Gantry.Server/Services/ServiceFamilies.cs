using System.Net;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.Services;

/// <summary>Works out which address families a Service is to have, from whatever of ipFamilyPolicy, ipFamilies and clusterIPs was given.</summary>
internal static class ServiceFamilies
{
    /// <summary>Fills in ipFamilies and ipFamilyPolicy.</summary>
    /// <param name="spec">The spec, changed in place.</param>
    /// <param name="old">The stored spec before an update.</param>
    /// <param name="families">The cluster's families, the primary first.</param>
    /// <returns>The fields that ask for what the cluster does not have.</returns>
    public static IReadOnlyList<FieldError> Complete(TreeMap spec, V1ServiceSpec? old, IReadOnlyList<string> families)
    {
        if (!ServiceFields.NeedsAddress(spec))
        {
            return [];
        }

        if (old is not null)
        {
            Downgrade(spec, old);
        }

        Infer(spec);
        var chosen = spec.Texts("ipFamilies");
        if (ServiceFields.IsHeadless(spec) && !spec.HasItems("selector"))
        {
            // Without a selector the addresses are somebody else's, so both families are possible whatever the cluster has.
            spec.Default("ipFamilyPolicy", ServiceFields.RequireDualStack);
            spec.SetTexts("ipFamilies", Extended(chosen.Count == 0 ? [families[0]] : chosen, spec.Text("ipFamilyPolicy")!, ["IPv4", "IPv6"]));
            return [];
        }

        spec.Default("ipFamilyPolicy", chosen.Count == 2 || spec.Texts("clusterIPs").Count == 2 ? ServiceFields.RequireDualStack : ServiceFields.SingleStack);
        var policy = spec.Text("ipFamilyPolicy")!;
        var errors = Check(spec, policy, chosen, families);
        if (errors.Count == 0)
        {
            spec.SetTexts("ipFamilies", Extended(chosen.Count == 0 ? [families[0]] : chosen, policy, families));
        }

        return errors;
    }

    private static List<FieldError> Check(TreeMap spec, string policy, IReadOnlyList<string> chosen, IReadOnlyList<string> families)
    {
        var errors = new List<FieldError>();
        if (policy == ServiceFields.RequireDualStack && families.Count < 2)
        {
            errors.Add(FieldError.Invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services"));
        }

        if (policy == ServiceFields.SingleStack && spec.Texts("clusterIPs").Count == 2)
        {
            errors.Add(FieldError.Invalid("spec.ipFamilyPolicy", policy, "must be RequireDualStack or PreferDualStack when multiple 'clusterIPs' are specified"));
        }

        if (policy == ServiceFields.SingleStack && chosen.Count == 2)
        {
            errors.Add(FieldError.Invalid("spec.ipFamilyPolicy", policy, "must be RequireDualStack or PreferDualStack when multiple 'ipFamilies' are specified"));
        }

        for (var i = 0; i < chosen.Count; i++)
        {
            // Names that are no families at all are refused by validation, in other words.
            if (chosen[i] is "IPv4" or "IPv6" && !families.Contains(chosen[i], StringComparer.Ordinal))
            {
                errors.Add(FieldError.Invalid($"spec.ipFamilies[{i}]", chosen[i], "not configured on this cluster"));
            }
        }

        return errors;
    }

    /// <summary>An update to one family that leaves the lists alone means: without the second entry.</summary>
    private static void Downgrade(TreeMap spec, V1ServiceSpec old)
    {
        if (spec.Text("ipFamilyPolicy") != ServiceFields.SingleStack || old.IpFamilyPolicy is null or ServiceFields.SingleStack)
        {
            return;
        }

        if (spec.Texts("clusterIPs") is [var first, _] addresses && addresses.SequenceEqual(old.ClusterIPs, StringComparer.Ordinal))
        {
            spec.SetTexts("clusterIPs", [first]);
        }

        if (spec.Texts("ipFamilies") is [var family, _] families && families.SequenceEqual(old.IpFamilies, StringComparer.Ordinal))
        {
            spec.SetTexts("ipFamilies", [family]);
        }
    }

    private static void Infer(TreeMap spec)
    {
        var families = spec.Texts("ipFamilies").ToList();
        var known = families.Count;
        var addresses = spec.Texts("clusterIPs");
        for (var i = families.Count; i < addresses.Count && IPAddress.TryParse(addresses[i], out _); i++)
        {
            families.Add(addresses[i].Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4");
        }

        if (families.Count > known)
        {
            spec.SetTexts("ipFamilies", families);
        }
    }

    private static IReadOnlyList<string> Extended(IReadOnlyList<string> chosen, string policy, IReadOnlyList<string> families) =>
        chosen.Count == 1 && policy != ServiceFields.SingleStack && families.FirstOrDefault(f => f != chosen[0]) is { } other ? [chosen[0], other] : chosen;
}
