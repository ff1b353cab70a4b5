using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>LimitRanges: what a limit may speak of, and that its figures do not contradict each other.</summary>
internal static class LimitRangeItemRules
{
    public static void LimitRange(FieldErrors errors, V1LimitRange range)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < range.Spec.Limits.Count; i++)
        {
            var (limit, at) = (range.Spec.Limits[i], FieldPath.Root("spec").Child("limits").Index(i));
            TypeName(errors, limit.Type, at.Child("type"));
            if (!types.Add(limit.Type))
            {
                errors.Duplicate(at.Child("type"), limit.Type);
            }

            Limit(errors, limit, at);
        }
    }

    private static void TypeName(FieldErrors errors, string type, FieldPath at)
    {
        var before = errors.Count;
        errors.Invalid(at, type, Rules.QualifiedName(type));
        if (errors.Count == before && !type.Contains('/', StringComparison.Ordinal) && type is not ("Pod" or "Container" or "PersistentVolumeClaim"))
        {
            errors.Invalid(at, type, "must be a standard limit type or fully qualified");
        }
    }

    private static void Limit(FieldErrors errors, V1LimitRangeItem limit, FieldPath at)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        void Names(string field, IReadOnlyDictionary<string, Quantity> amounts)
        {
            foreach (var name in amounts.Keys)
            {
                keys.Add(name);
                var path = at.Child(field).Key(name);
                if (limit.Type is "Pod" or "Container")
                {
                    ResourceRules.ContainerResourceName(errors, name, path);
                }
                else
                {
                    ResourceRules.ResourceName(errors, name, path);
                }
            }
        }

        Names("max", limit.Max);
        Names("min", limit.Min);
        if (limit.Type != "Pod")
        {
            Names("default", limit.Default);
            Names("defaultRequest", limit.DefaultRequest);
        }
        else
        {
            foreach (var (field, amounts) in new[] { ("default", limit.Default), ("defaultRequest", limit.DefaultRequest) })
            {
                if (amounts.Count > 0)
                {
                    errors.Forbidden(at.Child(field), "may not be specified when `type` is 'Pod'");
                }
            }
        }

        if (limit.Type == "PersistentVolumeClaim" && !limit.Min.ContainsKey("storage") && !limit.Max.ContainsKey("storage"))
        {
            errors.Required(at.Child("limits"), "either minimum or maximum storage value is required, but neither was provided");
        }

        Names("maxLimitRequestRatio", limit.MaxLimitRequestRatio);
        foreach (var name in keys)
        {
            OneLimit(errors, limit, name, at);
        }
    }

    private static void OneLimit(FieldErrors errors, V1LimitRangeItem limit, string name, FieldPath at)
    {
        Quantity? Get(IReadOnlyDictionary<string, Quantity> from) => from.TryGetValue(name, out var q) ? q : null;
        var (min, max, ratio) = (Get(limit.Min), Get(limit.Max), Get(limit.MaxLimitRequestRatio));
        var (request, usual) = limit.Type == "Pod" ? (null, null) : (Get(limit.DefaultRequest), Get(limit.Default));
        void Wrong(bool isWrong, string field, Quantity? value, string why)
        {
            if (isWrong)
            {
                errors.InvalidDump(at.Child(field).Key(name), GoDump.Of(value), why);
            }
        }

        Wrong(min > max, "min", min, $"min value {min} is greater than max value {max}");
        Wrong(min > request, "defaultRequest", request, $"min value {min} is greater than default request value {request}");
        Wrong(request > max, "defaultRequest", request, $"default request value {request} is greater than max value {max}");
        Wrong(request > usual, "defaultRequest", request, $"default request value {request} is greater than default limit value {usual}");
        Wrong(min > usual, "default", min, $"min value {min} is greater than default value {usual}");
        Wrong(usual > max, "default", max, $"default value {usual} is greater than max value {max}");
        Wrong(ratio < Quantity.FromValue(1), "maxLimitRequestRatio", ratio, $"ratio {ratio} is less than 1");
        if (ratio is { } r && min is { } lo && max is { } hi)
        {
            var most = lo.IsZero ? double.PositiveInfinity : hi.ToDouble() / lo.ToDouble();
            Wrong(r.ToDouble() > most, "maxLimitRequestRatio", ratio, string.Create(CultureInfo.InvariantCulture, $"ratio {r} is greater than max/min = {most:F6}"));
        }

        Wrong(
            !ResourceRules.IsOvercommitAllowed(name) && usual is not null && request is not null && usual != request, "defaultRequest", request,
            $"default value {usual} must equal to defaultRequest value {request} in {name}");
    }
}
