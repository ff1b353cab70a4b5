using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authorization.Node;
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

    private const string Default = "default";
    private const int Attempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly IObjects _objects;
    private readonly Func<string> _suffix;
    private readonly TimeProvider _clock;

    /// <param name="objects">Finds the accounts.</param>
    /// <param name="suffix">Makes the five random characters of a volume's name.</param>
    /// <param name="clock">Tells how long to wait for the account of a new namespace.</param>
    public ServiceAccountAdmission(IObjects objects, Func<string> suffix, TimeProvider clock)
    {
        _clock = clock;
        _objects = objects;
        _suffix = suffix;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation) =>
        request.Creates("", "pods") ? ApplyAsync(request, value, cancellation)
        : request is { Operation: AdmissionOperation.Update, Subresource: "ephemeralcontainers" } && request.IsPod() ? EphemeralAsync(request, value, cancellation)
        : default;

    private async ValueTask<ApiStatus?> ApplyAsync(AdmissionRequest request, TreeMap pod, CancellationToken cancellation)
    {
        if (pod.Map("metadata")?.Map("annotations")?.Contains(MirrorAnnotation) == true)
        {
            return MirrorFault(pod) is { } fault ? request.Forbid(pod, fault) : null;
        }

        var spec = pod.OwnMap("spec");
        var name = spec.Text("serviceAccountName") is { Length: > 0 } current ? current
            : spec.Text("serviceAccount") is { Length: > 0 } old ? old
            : Default;
        spec["serviceAccountName"] = name;
        // The old name of the field, which clients of the field still read.
        spec["serviceAccount"] = name;

        if (await FindAsync(request.Namespace, name, cancellation).ConfigureAwait(false) is not { } account)
        {
            return Unknown(request, pod, name);
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

        return Enforces(account) && SecretRefusal(spec, account) is { } refusal ? request.Forbid(pod, refusal) : null;
    }

    // The account of a new namespace comes a moment after it; whoever creates a pod at once need not try again himself.
    private async ValueTask<V1ServiceAccount?> FindAsync(string ns, string name, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (_objects.Get<V1ServiceAccount>(ns, name) is { } account)
            {
                return account;
            }

            if (name != Default || attempt == Attempts || _objects.Get<V1Namespace>("", ns) is not { Metadata.DeletionTimestamp: null })
            {
                return null;
            }

            await Task.Delay(Pause, _clock, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask<ApiStatus?> EphemeralAsync(AdmissionRequest request, TreeMap pod, CancellationToken cancellation)
    {
        if (pod.Map("spec")?.Text("serviceAccountName") is not { Length: > 0 } name)
        {
            return request.Forbid(pod, $"no service account specified for pod {request.Namespace}/{request.Name}");
        }

        if (await FindAsync(request.Namespace, name, cancellation).ConfigureAwait(false) is not { } account)
        {
            return Unknown(request, pod, name);
        }

        return Enforces(account) && VariableRefusal(pod.Map("spec")!, account, [("ephemeralContainers", "ephemeral container")]) is { } refusal
            ? request.Forbid(pod, refusal) : null;
    }

    private static bool Enforces(V1ServiceAccount account) =>
        account.Metadata.Annotations.GetValueOrDefault(EnforceAnnotation) is "1" or "t" or "T" or "TRUE" or "true" or "True";

    private static ApiStatus Unknown(AdmissionRequest request, TreeMap pod, string name) =>
        request.Forbid(pod, $"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");

    // What mirror pods get, their node gives them.
    private static string? MirrorFault(TreeMap pod)
    {
        if (pod.Map("spec")?.Text("serviceAccountName") is { Length: > 0 })
        {
            return "a mirror pod may not reference service accounts";
        }

        var typed = (V1Pod)ApiModels.Decode(V1Pod.Resource, TreeJson.Write(pod))!;
        return PodMentions.OfSpec(typed).Any(m => m.Kind == "secrets") ? "a mirror pod may not reference secrets"
            : typed.Spec.Volumes.Any(v => v.Projected?.Sources.Any(s => s.ServiceAccountToken is not null) == true)
                ? "a mirror pod may not use ServiceAccountToken volume projections"
            : null;
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

        if (VariableRefusal(spec, account, [("initContainers", "init container"), ("containers", "container")]) is { } refusal)
        {
            return refusal;
        }

        var pulls = account.ImagePullSecrets.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var stray = spec.Maps("imagePullSecrets").Select((s, i) => (Name: s.Text("name") ?? "", Index: i)).FirstOrDefault(s => !pulls.Contains(s.Name), (Name: "", Index: -1));
        return stray.Index < 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"imagePullSecrets[{stray.Index}].name=\"{stray.Name}\" is not allowed because service account {name} does not reference that imagePullSecret");
    }

    private static string? VariableRefusal(TreeMap spec, V1ServiceAccount account, ReadOnlySpan<(string Key, string Words)> lists)
    {
        var allowed = account.Secrets.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, words) in lists)
        {
            foreach (var container in spec.Maps(key))
            {
                foreach (var variable in container.Maps("env"))
                {
                    if (variable.Map("valueFrom")?.Map("secretKeyRef")?.Text("name") is { } secret && !allowed.Contains(secret))
                    {
                        return $"{words} {container.Text("name")} with envVar {variable.Text("name")} referencing secret.secretName=\"{secret}\""
                            + $" is not allowed because service account {account.Metadata.Name} does not reference that secret";
                    }
                }
            }
        }

        return null;
    }
}
