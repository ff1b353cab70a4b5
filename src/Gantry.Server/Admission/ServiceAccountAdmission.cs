using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Gives pods their service account, its token as a volume, and its image pull secrets.</summary>
public sealed class ServiceAccountAdmission : IMutatingAdmission
{
    public const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string MirrorAnnotation = "kubernetes.io/config.mirror";
    private const string EnforceAnnotation = "kubernetes.io/enforce-mountable-secrets";
    private const string VolumePrefix = "kube-api-access-";

    // Seven seconds beyond the hour tell these tokens from those somebody asked for (KEP-2907).
    private const long TokenSeconds = 3607;

    private readonly IObjects _objects;
    private readonly Func<string> _suffix;

    /// <param name="objects">Finds the accounts.</param>
    /// <param name="suffix">Makes the five random characters of a volume's name.</param>
    public ServiceAccountAdmission(IObjects objects, Func<string> suffix)
    {
        _objects = objects;
        _suffix = suffix;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Creates("", "pods") ? Apply(request, value) : null);

    private ApiStatus? Apply(AdmissionRequest request, TreeMap pod)
    {
        if (pod.Map("metadata")?.Map("annotations")?.Contains(MirrorAnnotation) == true)
        {
            return pod.Map("spec")?.Text("serviceAccountName") is { Length: > 0 }
                ? request.Forbid(pod, "a mirror pod may not reference service accounts")
                : null;
        }

        var spec = pod.OwnMap("spec");
        var name = spec.Text("serviceAccountName") is { Length: > 0 } current ? current
            : spec.Text("serviceAccount") is { Length: > 0 } old ? old
            : "default";
        spec["serviceAccountName"] = name;
        // The old name of the field, which clients of the field still read.
        spec["serviceAccount"] = name;

        if (_objects.Get<V1ServiceAccount>(request.Namespace, name) is not { } account)
        {
            return request.Forbid(
                pod, $"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");
        }

        if (account.Metadata.Annotations.GetValueOrDefault(EnforceAnnotation) == "true" && SecretRefusal(spec, account) is { } refusal)
        {
            return request.Forbid(pod, refusal);
        }

        var mounts = spec["automountServiceAccountToken"] is TreeBool choice ? choice.Value : account.AutomountServiceAccountToken ?? true;
        if (mounts)
        {
            Mount(spec);
        }

        if (account.ImagePullSecrets.Count > 0 && spec.List("imagePullSecrets") is null or { Count: 0 })
        {
            var secrets = new TreeList(account.ImagePullSecrets.Count);
            foreach (var secret in account.ImagePullSecrets)
            {
                secrets.Add(TreeEdits.Map(("name", secret.Name)));
            }

            spec["imagePullSecrets"] = secrets;
        }

        return null;
    }

    private void Mount(TreeMap spec)
    {
        var present = spec.Maps("volumes").Select(v => v.Text("name")).FirstOrDefault(n => n?.StartsWith(VolumePrefix, StringComparison.Ordinal) == true);
        var volume = present ?? VolumePrefix + _suffix();
        // Both lists are looked at: | and not ||.
        if (MountInto(spec, "initContainers", volume) | MountInto(spec, "containers", volume) && present is null)
        {
            spec.OwnList("volumes").Add(TokenVolume(volume));
        }
    }

    private static bool MountInto(TreeMap spec, string key, string volume)
    {
        if (spec.List(key) is null or { Count: 0 })
        {
            return false;
        }

        var mounted = false;
        var containers = spec.OwnList(key);
        for (var i = 0; i < containers.Count; i++)
        {
            if (((TreeMap)containers[i]).Maps("volumeMounts").Any(m => m.Text("mountPath") == MountPath))
            {
                continue;
            }

            containers.OwnMap(i).OwnList("volumeMounts").Add(TreeEdits.Map(("name", volume), ("readOnly", true), ("mountPath", MountPath)));
            mounted = true;
        }

        return mounted;
    }

    private static TreeMap TokenVolume(string name)
    {
        var account = TreeEdits.Map(("serviceAccountToken", TreeEdits.Map(("expirationSeconds", TokenSeconds), ("path", "token"))));
        var authority = TreeEdits.Map(("configMap", TreeEdits.Map(
            ("name", "kube-root-ca.crt"), ("items", TreeEdits.List(TreeEdits.Map(("key", "ca.crt"), ("path", "ca.crt")))))));
        var field = TreeEdits.Map(("apiVersion", "v1"), ("fieldPath", "metadata.namespace"));
        var ns = TreeEdits.Map(("downwardAPI", TreeEdits.Map(
            ("items", TreeEdits.List(TreeEdits.Map(("path", "namespace"), ("fieldRef", field)))))));
        return TreeEdits.Map(
            ("name", name), ("projected", TreeEdits.Map(("sources", TreeEdits.List(account, authority, ns)), ("defaultMode", 420L))));
    }

    private static string? SecretRefusal(TreeMap spec, V1ServiceAccount account)
    {
        var allowed = account.Secrets.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var name = account.Metadata.Name;
        foreach (var secret in spec.Maps("volumes").Select(v => v.Map("secret")?.Text("secretName")))
        {
            if (secret is not null && !allowed.Contains(secret))
            {
                return $"volume with secret.secretName=\"{secret}\" is not allowed because service account {name} does not reference that secret";
            }
        }

        foreach (var (key, words) in new[] { ("initContainers", "init container"), ("containers", "container") })
        {
            foreach (var container in spec.Maps(key))
            {
                foreach (var variable in container.Maps("env"))
                {
                    if (variable.Map("valueFrom")?.Map("secretKeyRef")?.Text("name") is { } secret && !allowed.Contains(secret))
                    {
                        return $"{words} {container.Text("name")} with envVar {variable.Text("name")} referencing secret.secretName=\"{secret}\""
                            + $" is not allowed because service account {name} does not reference that secret";
                    }
                }
            }
        }

        var pulls = account.ImagePullSecrets.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var stray = spec.Maps("imagePullSecrets").Select(s => s.Text("name") ?? "").FirstOrDefault(s => !pulls.Contains(s));
        return stray is null ? null : $"imagePullSecret \"{stray}\" is not allowed because service account {name} does not reference that imagePullSecret";
    }
}
