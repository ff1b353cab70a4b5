using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Namespaces, nodes, quotas, limit ranges, events, leases and other kinds that speak of the cluster.</summary>
public static class ClusterRules
{
    public static void Namespace(FieldErrors errors, V1Namespace ns)
    {
        for (var i = 0; i < ns.Spec.Finalizers.Count; i++)
        {
            var (finalizer, at) = (ns.Spec.Finalizers[i], FieldPath.Root("spec").Child("finalizers"));
            errors.Invalid(at, finalizer, Rules.QualifiedName(finalizer));
            if (!finalizer.Contains('/', StringComparison.Ordinal) && finalizer != "kubernetes")
            {
                errors.Invalid(at, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    public static void Node(FieldErrors errors, V1Node node, V1Node? old)
    {
        var at = FieldPath.Root("spec");
        SchedulingRules.Taints(errors, node.Spec.Taints, at.Child("taints"));
        for (var i = 0; i < node.Spec.PodCIDRs.Count; i++)
        {
            errors.Invalid(at.Child("podCIDRs").Index(i), node.Spec.PodCIDRs[i], Rules.Cidr(node.Spec.PodCIDRs[i]));
        }

        foreach (var (name, value) in node.Status.Capacity)
        {
            ResourceRules.QuantityValue(errors, name, value, FieldPath.Root("status").Child("capacity").Key(name));
        }

        if (old is null)
        {
            return;
        }

        if (old.Spec.PodCIDRs.Count > 0 && !JsonModel.SameList(old.Spec.PodCIDRs, node.Spec.PodCIDRs))
        {
            errors.Forbidden(at.Child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid");
        }

        if (old.Spec.ProviderID.Length > 0 && old.Spec.ProviderID != node.Spec.ProviderID)
        {
            errors.Forbidden(at.Child("providerID"), "node updates may not change providerID except from \"\" to valid");
        }
    }

    public static void ResourceQuota(FieldErrors errors, V1ResourceQuota quota, V1ResourceQuota? old)
    {
        var at = FieldPath.Root("spec");
        foreach (var (name, value) in quota.Spec.Hard)
        {
            var path = at.Child("hard").Key(name);
            ResourceRules.ResourceName(errors, name, path);
            ResourceRules.QuantityValue(errors, name, value, path);
        }

        for (var i = 0; i < quota.Spec.Scopes.Count; i++)
        {
            if (quota.Spec.Scopes[i] is not ("Terminating" or "NotTerminating" or "BestEffort" or "NotBestEffort" or "PriorityClass" or "CrossNamespacePodAffinity"))
            {
                errors.InvalidDump(at.Child("scopes"), GoDump.Texts("core.ResourceQuotaScope", quota.Spec.Scopes), "unsupported scope");
            }
        }

        foreach (var (a, b) in new[] { ("Terminating", "NotTerminating"), ("BestEffort", "NotBestEffort") })
        {
            if (quota.Spec.Scopes.Contains(a) && quota.Spec.Scopes.Contains(b))
            {
                errors.InvalidDump(at.Child("scopes"), GoDump.Texts("core.ResourceQuotaScope", quota.Spec.Scopes), "conflicting scopes");
            }
        }

        if (old is not null)
        {
            errors.Immutable(at.Child("scopes"), quota.Spec.Scopes.ToHashSet().SetEquals(old.Spec.Scopes), quota.Spec.Scopes);
        }
    }

    public static void LimitRange(FieldErrors errors, V1LimitRange range)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < range.Spec.Limits.Count; i++)
        {
            var (limit, at) = (range.Spec.Limits[i], FieldPath.Root("spec").Child("limits").Index(i));
            errors.Invalid(at.Child("type"), limit.Type, Rules.QualifiedName(limit.Type));
            if (!types.Add(limit.Type))
            {
                errors.Duplicate(at.Child("type"), limit.Type);
            }

            if (limit.Type == "Pod")
            {
                if (limit.Default.Count > 0)
                {
                    errors.Forbidden(at.Child("default"), "may not be specified when `type` is 'Pod'");
                }

                if (limit.DefaultRequest.Count > 0)
                {
                    errors.Forbidden(at.Child("defaultRequest"), "may not be specified when `type` is 'Pod'");
                }
            }

            if (limit.Type == "PersistentVolumeClaim" && !limit.Min.ContainsKey("storage") && !limit.Max.ContainsKey("storage"))
            {
                errors.Required(at.Child("limits"), "either minimum or maximum storage value is required, but neither was provided");
            }

            foreach (var name in limit.Max.Keys.Concat(limit.Min.Keys).Concat(limit.Default.Keys).Concat(limit.DefaultRequest.Keys).Concat(limit.MaxLimitRequestRatio.Keys).Distinct())
            {
                OneLimit(errors, limit, name, at);
            }
        }
    }

    private static void OneLimit(FieldErrors errors, V1LimitRangeItem limit, string name, FieldPath at)
    {
        Quantity? Get(IReadOnlyDictionary<string, Quantity> from) => from.TryGetValue(name, out var q) ? q : null;
        var (min, max, request, usual, ratio) = (Get(limit.Min), Get(limit.Max), Get(limit.DefaultRequest), Get(limit.Default), Get(limit.MaxLimitRequestRatio));
        void Wrong(string where, Quantity? value, string why) => errors.InvalidDump(at.Child(where).Key(name), GoDump.Of(value), why);
        if (min is { } lo && max is { } hi && lo.CompareTo(hi) > 0)
        {
            Wrong("min", min, $"min value {lo} is greater than max value {hi}");
        }

        if (request is { } r && min is { } lo2 && lo2.CompareTo(r) > 0)
        {
            Wrong("defaultRequest", request, $"min value {lo2} is greater than default request value {r}");
        }

        if (request is { } r2 && max is { } hi2 && r2.CompareTo(hi2) > 0)
        {
            Wrong("defaultRequest", request, $"default request value {r2} is greater than max value {hi2}");
        }

        if (request is { } r3 && usual is { } d && r3.CompareTo(d) > 0)
        {
            Wrong("defaultRequest", request, $"default request value {r3} is greater than default limit value {d}");
        }

        if (usual is { } d2 && min is { } lo3 && lo3.CompareTo(d2) > 0)
        {
            Wrong("default", min, $"min value {lo3} is greater than default value {d2}");
        }

        if (usual is { } d3 && max is { } hi3 && d3.CompareTo(hi3) > 0)
        {
            Wrong("default", max, $"default value {d3} is greater than max value {hi3}");
        }

        if (ratio is { } q && q.CompareTo(Quantity.Parse("1")) < 0)
        {
            Wrong("maxLimitRequestRatio", ratio, $"ratio {q} is less than 1");
        }
    }

    public static void ServiceAccount(FieldErrors errors, V1ServiceAccount account)
    {
        for (var i = 0; i < account.ImagePullSecrets.Count; i++)
        {
            if (account.ImagePullSecrets[i].Name.Length == 0)
            {
                errors.Required(FieldPath.Root("imagePullSecrets").Index(i).Child("name"));
            }
        }
    }

    public static void CoreEvent(FieldErrors errors, CoreV1Event e)
    {
        var involved = e.InvolvedObject.Namespace;
        if (involved.Length == 0 && e.Metadata.Namespace is not ("" or "default" or "kube-system"))
        {
            errors.Invalid(FieldPath.Root("involvedObject").Child("namespace"), involved, "does not match event.namespace");
        }
        else if (involved.Length > 0 && e.Metadata.Namespace != involved)
        {
            errors.Invalid(FieldPath.Root("involvedObject").Child("namespace"), involved, "does not match event.namespace");
        }

        if (e.EventTime is null)
        {
            return;
        }

        NewEvent(errors, e.ReportingComponent, e.ReportingInstance, e.Action, e.Reason, e.Type, "reportingController");
    }

    public static void NewEvent(FieldErrors errors, EventsV1Event e)
    {
        if (e.EventTime is null)
        {
            errors.Required(FieldPath.Root("eventTime"));
        }

        NewEvent(errors, e.ReportingController, e.ReportingInstance, e.Action, e.Reason, e.Type, "reportingController");
        if (System.Text.Encoding.UTF8.GetByteCount(e.Note) > 1024)
        {
            errors.Invalid(FieldPath.Root("message"), "", "can have at most 1024 characters");
        }
    }

    private static void NewEvent(FieldErrors errors, string controller, string instance, string action, string reason, string type, string controllerField)
    {
        if (controller.Length == 0)
        {
            errors.Required(FieldPath.Root(controllerField));
        }
        else
        {
            errors.Invalid(FieldPath.Root(controllerField), controller, Rules.QualifiedName(controller));
        }

        foreach (var (name, value) in new[] { ("reportingInstance", instance), ("action", action), ("reason", reason) })
        {
            if (value.Length == 0)
            {
                errors.Required(FieldPath.Root(name));
            }
            else if (value.Length > 128)
            {
                errors.Invalid(FieldPath.Root(name), "", "can have at most 128 characters");
            }
        }

        if (type is not ("Normal" or "Warning"))
        {
            errors.Invalid(FieldPath.Root("type"), "", "has invalid value: " + type);
        }
    }
}
