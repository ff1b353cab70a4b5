namespace Gantry.Server.Audit;

internal static class AuditVersions
{
    /// <summary>What is wrong with the version in which events are to be written.</summary>
    public static IEnumerable<string> Check(string version)
    {
        if (version != AuditPolicyReader.ApiVersion)
        {
            yield return $"invalid group version, allowed versions are [\"{AuditPolicyReader.ApiVersion}\"]";
        }
    }
}
