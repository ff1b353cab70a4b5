using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Leases (<c>coordination.k8s.io</c>).</summary>
public static class LeaseRules
{
    private const string OldestVersion = "OldestEmulationVersion";

    public static void Lease(FieldErrors errors, V1Lease lease)
    {
        var (spec, at) = (lease.Spec, FieldPath.Root("spec"));
        if (spec.LeaseDurationSeconds <= 0)
        {
            errors.Invalid(at.Child("leaseDurationSeconds"), spec.LeaseDurationSeconds, "must be greater than 0");
        }

        errors.NotNegative(at.Child("leaseTransitions"), (long?)spec.LeaseTransitions);
        if (spec.Strategy is { } strategy)
        {
            Strategy(errors, strategy, at.Child("strategy").Child("strategy"));
        }

        if (!string.IsNullOrEmpty(spec.PreferredHolder) && string.IsNullOrEmpty(spec.Strategy))
        {
            errors.Forbidden(at.Child("preferredHolder"), "may only be specified if `strategy` is defined");
        }
    }

    private static void Strategy(FieldErrors errors, string strategy, FieldPath at)
    {
        if (strategy.Contains('/', StringComparison.Ordinal))
        {
            errors.Invalid(at, strategy, Rules.QualifiedName(strategy));
        }
        else
        {
            errors.OneOf(at, strategy, OldestVersion);
        }
    }
}
