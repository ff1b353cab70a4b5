using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>A service's addresses and the families that they are of.</summary>
internal static class ServiceAddressRules
{
    private const string NotOnceSet = "may not change once set";

    /// <summary>What a service's addresses and families must be, each and together.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="ip">The address, as old clients know it.</param>
    /// <param name="ips">The addresses.</param>
    /// <param name="families">Their families.</param>
    /// <param name="policy">How many families it is to have; null where that is not said.</param>
    /// <param name="at">The spec.</param>
    public static void Addresses(FieldErrors errors, string ip, IReadOnlyList<string> ips, IReadOnlyList<string> families, string? policy, FieldPath at)
    {
        var path = at.Child("clusterIPs");
        if (ip.Length > 0)
        {
            if (ips.Count == 0)
            {
                errors.Required(path);
            }
            else if (ips[0] != ip)
            {
                errors.InvalidDump(path, GoDump.Of(ips), "first value must match `clusterIP`");
            }
        }
        else if (ips.Count > 0)
        {
            errors.InvalidDump(path, GoDump.Of(ips), "must be empty when `clusterIP` is not specified");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < families.Count; i++)
        {
            errors.OneOf(at.Child("ipFamilies").Index(i), families[i], "IPv4", "IPv6");
            if (!seen.Add(families[i]))
            {
                errors.Duplicate(at.Child("ipFamilies").Index(i), families[i]);
            }
        }

        if (policy is not null)
        {
            errors.OneOf(at.Child("ipFamilyPolicy"), policy, "PreferDualStack", "RequireDualStack", "SingleStack");
        }

        Clusters(errors, ips, families, path);
    }

    private static void Clusters(FieldErrors errors, IReadOnlyList<string> ips, IReadOnlyList<string> families, FieldPath at)
    {
        var bad = false;
        for (var i = 0; i < ips.Count; i++)
        {
            if (i == 0 && ips[i] == "None")
            {
                if (ips.Count > 1)
                {
                    bad = true;
                    errors.InvalidDump(at, GoDump.Of(ips), "'None' must be the first and only value");
                }

                continue;
            }

            bad |= !Rules.IsIp(ips[i]);
            errors.Invalid(at.Index(i), ips[i], Rules.Ip(ips[i]));
        }

        if (ips.Count > 2)
        {
            errors.InvalidDump(at, GoDump.Of(ips), "may only hold up to 2 values");
        }

        if (bad)
        {
            return;
        }

        if (ips.Count > 1 && ips.Select(Rules.FamilyOf).Distinct().Count() < 2)
        {
            errors.InvalidDump(at, GoDump.Of(ips), "may specify no more than one IP for each IP family");
        }

        for (var i = 0; i < Math.Min(ips.Count, families.Count) && ips is not ["None"]; i++)
        {
            if (families[i] is "IPv4" or "IPv6" && Rules.FamilyOf(ips[i]) != families[i])
            {
                errors.Invalid(at.Index(i), ips[i], $"expected an {families[i]} value as indicated by `ipFamilies[{i}]`");
            }
        }
    }

    /// <summary>A service may gain or lose its second address, and keeps the first.</summary>
    public static void Update(FieldErrors errors, V1ServiceSpec now, V1ServiceSpec old, FieldPath at)
    {
        var (headless, wasHeadless) = (now.ClusterIPs is ["None"], old.ClusterIPs is ["None"]);
        if (!headless || !wasHeadless)
        {
            Changes(errors, now, old.ClusterIPs, now.ClusterIPs, at, "clusterIPs", "clusterIP");
        }

        if (headless == wasHeadless && !headless)
        {
            Changes(errors, now, old.IpFamilies, now.IpFamilies, at, "ipFamilies", "ipFamily");
        }
    }

    private static void Changes(FieldErrors errors, V1ServiceSpec spec, IReadOnlyList<string> old, IReadOnlyList<string> now, FieldPath at, string field, string one)
    {
        var first = at.Child(field).Index(0);
        var shown = field == "clusterIPs" ? GoDump.Of(now) : GoDump.Texts("core.IPFamily", now);
        if (old.Count == now.Count)
        {
            for (var i = 0; i < now.Count; i++)
            {
                if (now[i] != old[i])
                {
                    errors.InvalidDump(field == "clusterIPs" ? at.Child(field).Index(i) : first, shown, NotOnceSet);
                }
            }

            return;
        }

        if (old.Count > now.Count && spec.ClusterIPs.Count == 0)
        {
            errors.InvalidDump(first, shown, $"primary {one} can not be unset");
        }

        if (old.Count > 0 && now.Count > 0 && now[0] != old[0])
        {
            errors.InvalidDump(first, GoDump.Of(spec.ClusterIPs), NotOnceSet);
        }

        if (old.Count > now.Count && now.Count == 1 && spec.IpFamilyPolicy != "SingleStack")
        {
            errors.Invalid(at.Child("ipFamilyPolicy"), spec.IpFamilyPolicy, $"must be set to 'SingleStack' when releasing the secondary {one}");
        }
    }
}
