using Gantry.Api.Models;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>The further controls of the restricted level: what a hardened pod says about itself. Each gives its violation, or null.</summary>
internal static class RestrictedControls
{
    public static Violation? PrivilegeEscalation(PodFacts pod)
    {
        var containers = pod.Names(c => c.Security?.AllowPrivilegeEscalation != false);
        return containers.Count == 0 ? null : new Violation(
            "allowPrivilegeEscalation != false", $"{PodFacts.Containing(containers)} must set securityContext.allowPrivilegeEscalation=false");
    }

    public static Violation? DroppedCapabilities(PodFacts pod)
    {
        var keeping = pod.Names(c => c.Security?.Capabilities?.Drop.Contains("ALL", StringComparer.Ordinal) != true);
        static IEnumerable<string> Added(PodFacts.Container container) => (container.Security?.Capabilities?.Add ?? []).Where(a => a != "NET_BIND_SERVICE");
        var adding = pod.Names(c => Added(c).Any());
        var wrong = new List<string>();
        if (keeping.Count > 0)
        {
            wrong.Add($"{PodFacts.Containing(keeping)} must set securityContext.capabilities.drop=[\"ALL\"]");
        }

        if (adding.Count > 0)
        {
            var added = pod.Containers.SelectMany(Added).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            wrong.Add($"{PodFacts.Containing(adding)} must not include {PodFacts.Quoted(added)} in securityContext.capabilities.add");
        }

        return wrong.Count == 0 ? null : new Violation("unrestricted capabilities", string.Join("; ", wrong));
    }

    public static Violation? VolumeTypes(PodFacts pod)
    {
        var restricted = pod.Spec.Volumes.Select(v => (v.Name, Type: RestrictedType(v))).Where(v => v.Type is not null).ToList();
        if (restricted.Count == 0)
        {
            return null;
        }

        var types = restricted.Select(v => v.Type!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new Violation(
            "restricted volume types",
            $"{PodFacts.Plural("volume", "volumes", restricted.Count)} {PodFacts.Quoted(restricted.Select(v => v.Name))} {PodFacts.Plural("uses", "use", restricted.Count)} "
                + $"{PodFacts.Plural("restricted volume type", "restricted volume types", types.Count)} {PodFacts.Quoted(types)}");
    }

    public static Violation? NonRoot(PodFacts pod)
    {
        var onPod = pod.Spec.SecurityContext?.RunAsNonRoot;
        var setters = PodFacts.Setters(onPod == false, pod.Names(c => c.Security?.RunAsNonRoot == false));
        if (setters.Length > 0)
        {
            return new Violation("runAsNonRoot != true", $"{setters} must not set securityContext.runAsNonRoot=false");
        }

        var silent = onPod == true ? [] : pod.Names(c => c.Security?.RunAsNonRoot is null);
        return silent.Count == 0 ? null : new Violation("runAsNonRoot != true", $"pod or {PodFacts.Containing(silent)} must set securityContext.runAsNonRoot=true");
    }

    public static Violation? User(PodFacts pod)
    {
        var setters = PodFacts.Setters(pod.Spec.SecurityContext?.RunAsUser == 0, pod.Names(c => c.Security?.RunAsUser == 0));
        return setters.Length == 0 ? null : new Violation("runAsUser=0", $"{setters} must not set runAsUser=0");
    }

    public static Violation? Seccomp(PodFacts pod)
    {
        if (BaselineControls.Seccomp(pod) is { } forbidden)
        {
            return forbidden;
        }

        var silent = pod.Spec.SecurityContext?.SeccompProfile is not null ? [] : pod.Names(c => c.Security?.SeccompProfile is null);
        return silent.Count == 0 ? null : new Violation(
            "seccompProfile", $"pod or {PodFacts.Containing(silent)} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
    }

    /// <summary>The same for all but pods of Windows, which know nothing of it.</summary>
    public static Func<PodFacts, Violation?> NotOnWindows(Func<PodFacts, Violation?> control) => pod => pod.IsWindows ? null : control(pod);

    // Null for the types that are not restricted.
    private static string? RestrictedType(V1Volume volume) => volume switch
    {
        { ConfigMap: not null } or { Csi: not null } or { DownwardAPI: not null } or { EmptyDir: not null } or { Ephemeral: not null }
            or { PersistentVolumeClaim: not null } or { Projected: not null } or { Secret: not null } => null,
        { HostPath: not null } => "hostPath",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { GitRepo: not null } => "gitRepo",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Glusterfs: not null } => "glusterfs",
        { Rbd: not null } => "rbd",
        { FlexVolume: not null } => "flexVolume",
        { Cinder: not null } => "cinder",
        { Cephfs: not null } => "cephfs",
        { Flocker: not null } => "flocker",
        { Fc: not null } => "fc",
        { AzureFile: not null } => "azureFile",
        { VsphereVolume: not null } => "vsphereVolume",
        { Quobyte: not null } => "quobyte",
        { AzureDisk: not null } => "azureDisk",
        { PhotonPersistentDisk: not null } => "photonPersistentDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        _ => "unknown",
    };
}
