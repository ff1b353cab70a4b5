namespace Gantry.Server.Admission.PodSecurity;

/// <summary>How much a pod may ask for, from everything to little (Pod Security Standards).</summary>
public enum SecurityLevel
{
    Privileged,
    Baseline,
    Restricted,
}
