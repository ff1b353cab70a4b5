namespace Gantry.Api.OpenApi;

/// <summary>
/// The groups and versions in which clients know the types that all groups share (DeleteOptions, WatchEvent), whether they are served or not.
/// </summary>
internal static class KnownVersions
{
    private const string Text = """
        v1
        admission.k8s.io v1 v1beta1
        admissionregistration.k8s.io v1 v1alpha1 v1beta1
        apiextensions.k8s.io v1 v1beta1
        apiregistration.k8s.io v1 v1beta1
        apps v1 v1beta1 v1beta2
        authentication.k8s.io v1 v1alpha1 v1beta1
        authorization.k8s.io v1 v1beta1
        autoscaling v1 v2 v2beta1 v2beta2
        batch v1 v1beta1
        certificates.k8s.io v1 v1alpha1 v1beta1
        coordination.k8s.io v1 v1alpha2 v1beta1
        discovery.k8s.io v1 v1beta1
        events.k8s.io v1 v1beta1
        extensions v1beta1
        flowcontrol.apiserver.k8s.io v1 v1beta1 v1beta2 v1beta3
        imagepolicy.k8s.io v1alpha1
        internal.apiserver.k8s.io v1alpha1
        networking.k8s.io v1 v1alpha1 v1beta1
        node.k8s.io v1 v1alpha1 v1beta1
        policy v1 v1beta1
        rbac.authorization.k8s.io v1 v1alpha1 v1beta1
        resource.k8s.io v1alpha3 v1beta1
        scheduling.k8s.io v1 v1alpha1 v1beta1
        storage.k8s.io v1 v1alpha1 v1beta1
        storagemigration.k8s.io v1alpha1
        """;

    public static IReadOnlyList<(string Group, string Version)> All { get; } = Parse();

    private static List<(string Group, string Version)> Parse()
    {
        var all = new List<(string, string)>();
        foreach (var line in Text.Split('\n'))
        {
            var words = line.Trim().Split(' ');
            var group = words.Length == 1 ? "" : words[0];
            all.AddRange(words[(group.Length == 0 ? 0 : 1)..].Select(version => (group, version)));
        }
        return all;
    }
}
