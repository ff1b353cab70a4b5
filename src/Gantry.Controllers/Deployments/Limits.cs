using Gantry.Api.Models;

namespace Gantry.Controllers.Deployments;

/// <summary>How far a rolling update may go above and below the wanted number.</summary>
/// <param name="Wanted">The pods wanted.</param>
/// <param name="Surge">The pods allowed on top.</param>
/// <param name="Unavailable">The pods that may be missing.</param>
public readonly record struct Limits(int Wanted, int Surge, int Unavailable)
{
    public int Most => Wanted + Surge;

    public int LeastAvailable => Wanted - Unavailable;

    /// <summary>
    /// The limits of a Deployment. Percentages of surge round up and those of unavailability round down; when both come to nothing one pod
    /// may be missing, since the rollout could not move otherwise.
    /// </summary>
    public static Limits Of(V1DeploymentSpec spec)
    {
        var wanted = spec.Replicas ?? 1;
        if (spec.Strategy.Type == "Recreate")
        {
            return new Limits(wanted, 0, 0);
        }

        var surge = Math.Max(0, spec.Strategy.RollingUpdate?.MaxSurge is { } s ? s.Scale(wanted, roundUp: true) ?? 0 : (int)Math.Ceiling(wanted / 4.0));
        var unavailable = Math.Max(0, spec.Strategy.RollingUpdate?.MaxUnavailable is { } u ? u.Scale(wanted, roundUp: false) ?? 0 : wanted / 4);
        if (surge == 0 && unavailable == 0)
        {
            unavailable = 1;
        }

        return new Limits(wanted, surge, Math.Min(unavailable, wanted));
    }
}
