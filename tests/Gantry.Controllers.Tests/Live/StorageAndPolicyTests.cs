using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.LegacyTokens;
using Gantry.Server.Authorization.Node;
using Gantry.Testing;

namespace Gantry.Controllers.Tests.Live;

/// <summary>Volumes, quotas, roles and tokens through the real API.</summary>
public sealed class StorageAndPolicyTests(LiveCluster cluster) : IClassFixture<LiveCluster>
{
    [Fact]
    public async Task A_claim_gets_the_smallest_volume_that_suits_it_and_holds_it_while_a_pod_uses_it()
    {
        var ns = await cluster.NamespaceAsync("storage");
        foreach (var (name, size) in new[] { ("large", "100Gi"), ("medium", "10Gi"), ("small", "1Gi") })
        {
            (await cluster.Api.CreateAsync(Volume(name, size))).Require();
        }

        string[] names = ["large", "medium", "small"];
        await cluster.UntilAsync("the volumes are available", async () => (await cluster.ListAsync<V1PersistentVolume>("")).Count(v => names.Contains(v.Metadata.Name) && v.Status.Phase == "Available") == 3);
        (await cluster.Api.CreateAsync(Claim(ns, "data", "5Gi"))).Require();
        await cluster.UntilAsync("the claim is bound", async () => (await cluster.GetAsync<V1PersistentVolumeClaim>(ns, "data")).Status.Phase == "Bound");
        var claim = await cluster.GetAsync<V1PersistentVolumeClaim>(ns, "data");
        Assert.Equal(("medium", "10Gi"), (claim.Spec.VolumeName, claim.Status.Capacity["storage"].ToString()));
        Assert.Equal(("Bound", "data"), ((await cluster.GetAsync<V1PersistentVolume>("", "medium")).Status.Phase, (await cluster.GetAsync<V1PersistentVolume>("", "medium")).Spec.ClaimRef?.Name));

        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = "user" },
            Spec = Make.Template().Spec with { Volumes = [new V1Volume { Name = "data", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data" } }] },
        };
        (await cluster.Api.CreateAsync(pod)).Require();
        await cluster.UntilAsync("the pod runs", async () => (await cluster.GetAsync<V1Pod>(ns, "user")).Status.Phase == "Running");
        await cluster.Api.DeleteAsync<V1PersistentVolumeClaim>(ns, "data");
        Assert.NotNull((await cluster.GetAsync<V1PersistentVolumeClaim>(ns, "data")).Metadata.DeletionTimestamp);
        await cluster.Api.DeleteAsync<V1Pod>(ns, "user");
        await cluster.UntilAsync("the claim is gone", async () => await cluster.Api.GetAsync<V1PersistentVolumeClaim>(ns, "data") is null);
        await cluster.UntilAsync("its volume is released", async () => (await cluster.GetAsync<V1PersistentVolume>("", "medium")).Status.Phase == "Released");
    }

    [Fact]
    public async Task A_token_made_for_an_account_that_nobody_uses_is_marked_and_goes_a_year_later_unless_a_pod_mentions_it()
    {
        var ns = await cluster.NamespaceAsync("old-tokens");
        (await cluster.Api.CreateAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Namespace = ns, Name = "robot" } })).Require();
        foreach (var name in new[] { "unused", "mounted", "made" })
        {
            (await cluster.Api.CreateAsync(new V1Secret
            {
                Metadata = new V1ObjectMeta { Namespace = ns, Name = name, Annotations = new Dictionary<string, string> { ["kubernetes.io/service-account.name"] = "robot" } },
                Type = "kubernetes.io/service-account-token",
            })).Require();
        }

        await cluster.ChangeAsync<V1ServiceAccount>(ns, "robot", a => a with { Secrets = [new V1ObjectReference { Name = "unused" }, new V1ObjectReference { Name = "mounted" }] });
        var volume = new V1Volume { Name = "token", Secret = new V1SecretVolumeSource { SecretName = "mounted" } };
        (await cluster.Api.CreateAsync(new V1Pod { Metadata = new V1ObjectMeta { Namespace = ns, Name = "user" }, Spec = Make.Template().Spec with { Volumes = [volume] } })).Require();
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow().AddDays(400));
        var cleaner = new LegacyTokenCleaner(
            new ControllerContext(cluster.Caches, cluster.Api, cluster.Metadata, null!, clock, cluster.Logs), TimeSpan.FromDays(365), PodMentions.Secrets);
        async Task LookUntilAsync(string what, Func<Task<bool>> condition) => await cluster.UntilAsync(what, async () =>
        {
            await cleaner.ReconcileAsync(new Gantry.Client.ObjectKey("kube-system", LegacyTokenPlanner.TrackingName), CancellationToken.None);
            return await condition();
        });

        await LookUntilAsync("the unused token is marked", async () => (await cluster.GetAsync<V1Secret>(ns, "unused")).Metadata.Labels.ContainsKey(LegacyTokenPlanner.InvalidSinceLabel));
        Assert.DoesNotContain(LegacyTokenPlanner.InvalidSinceLabel, (await cluster.GetAsync<V1Secret>(ns, "mounted")).Metadata.Labels.Keys);
        Assert.DoesNotContain(LegacyTokenPlanner.InvalidSinceLabel, (await cluster.GetAsync<V1Secret>(ns, "made")).Metadata.Labels.Keys);
        clock.Advance(TimeSpan.FromDays(367));
        await LookUntilAsync("the unused token is gone", async () => await cluster.Api.GetAsync<V1Secret>(ns, "unused") is null);
        Assert.Equal(["made", "mounted"], (await cluster.ListAsync<V1Secret>(ns)).Select(s => s.Metadata.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_policy_is_told_what_is_doubtful_about_its_types_once_for_each_generation()
    {
        var policy = new V1ValidatingAdmissionPolicy
        {
            Metadata = new V1ObjectMeta { Name = "doubtful" },
            Spec = new V1ValidatingAdmissionPolicySpec
            {
                MatchConstraints = new V1MatchResources
                {
                    ResourceRules = [new V1NamedRuleWithOperations { Operations = ["CREATE"], ApiGroups = ["apps"], ApiVersions = ["v1"], Resources = ["deployments"] }],
                },
                Validations = [new V1Validation { Expression = "object.spec.replicas > '1'" }],
            },
        };
        (await cluster.Api.CreateAsync(policy)).Require();
        await cluster.UntilAsync("the types are checked", async () => (await cluster.GetAsync<V1ValidatingAdmissionPolicy>("", "doubtful")).Status.ObservedGeneration == 1);
        var status = (await cluster.GetAsync<V1ValidatingAdmissionPolicy>("", "doubtful")).Status;
        Assert.Equal("spec.validations[0].expression", Assert.Single(status.TypeChecking!.ExpressionWarnings).FieldRef);

        (await cluster.Api.PatchAsync<V1ValidatingAdmissionPolicy>("", "doubtful", PatchBody.Merge("""{"spec":{"validations":[{"expression":"object.spec.replicas > 1"}]}}"""))).Require();
        await cluster.UntilAsync("they are checked again", async () => (await cluster.GetAsync<V1ValidatingAdmissionPolicy>("", "doubtful")).Status.ObservedGeneration == 2);
        Assert.Empty((await cluster.GetAsync<V1ValidatingAdmissionPolicy>("", "doubtful")).Status.TypeChecking?.ExpressionWarnings ?? []);
    }

    [Fact]
    public async Task A_claim_that_nothing_suits_waits_and_is_served_when_something_comes()
    {
        var ns = await cluster.NamespaceAsync("waiting");
        (await cluster.Api.CreateAsync(Claim(ns, "huge", "1Ti"))).Require();
        await cluster.UntilAsync("users are told", async () => (await cluster.ListAsync<CoreV1Event>(ns)).Any(e => e.Reason == "FailedBinding"));
        Assert.Equal("Pending", (await cluster.GetAsync<V1PersistentVolumeClaim>(ns, "huge")).Status.Phase);
        (await cluster.Api.CreateAsync(Volume("colossal", "2Ti"))).Require();
        await cluster.UntilAsync("the claim is bound", async () => (await cluster.GetAsync<V1PersistentVolumeClaim>(ns, "huge")).Status.Phase == "Bound");
    }

    [Fact]
    public async Task Storage_on_the_machine_comes_with_the_first_pod_and_goes_with_the_claim()
    {
        var ns = await cluster.NamespaceAsync("local");
        await cluster.UntilAsync("the class is there", async () => await cluster.Api.GetAsync<V1StorageClass>("", "local") is not null);
        var claim = Claim(ns, "data", "1Gi");
        (await cluster.Api.CreateAsync(claim with { Spec = claim.Spec with { StorageClassName = null } })).Require();
        await cluster.UntilAsync("it waits for a pod", async () => (await cluster.ListAsync<CoreV1Event>(ns)).Any(e => e.Reason == "WaitForFirstConsumer"));
        await cluster.ChangeAsync<V1PersistentVolumeClaim>(ns, "data", c =>
            c with { Metadata = c.Metadata with { Annotations = new Dictionary<string, string>(c.Metadata.Annotations) { ["volume.kubernetes.io/selected-node"] = "n1" } } });
        await cluster.UntilAsync("the claim is bound", async () => (await cluster.GetAsync<V1PersistentVolumeClaim>(ns, "data")).Status.Phase == "Bound");
        var folder = Assert.Single(Directory.GetDirectories(cluster.VolumeFolder));
        Assert.EndsWith("_local_data", folder, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), "content");
        await cluster.Api.DeleteAsync<V1PersistentVolumeClaim>(ns, "data");
        await cluster.UntilAsync("the volume is gone", async () => (await cluster.ListAsync<V1PersistentVolume>("")).All(v => v.Spec.StorageClassName != "local"));
        Assert.Empty(Directory.GetDirectories(cluster.VolumeFolder));
    }

    [Fact]
    public async Task The_claim_of_an_ephemeral_volume_comes_and_goes_with_its_pod()
    {
        var ns = await cluster.NamespaceAsync("ephemeral");
        var template = new V1PersistentVolumeClaimTemplate { Spec = Claim(ns, "x", "1Gi").Spec };
        var volume = new V1Volume { Name = "scratch", Ephemeral = new V1EphemeralVolumeSource { VolumeClaimTemplate = template } };
        (await cluster.Api.CreateAsync(new V1Pod { Metadata = new V1ObjectMeta { Namespace = ns, Name = "user" }, Spec = Make.Template().Spec with { Volumes = [volume] } })).Require();
        await cluster.UntilAsync("the claim is there", async () => await cluster.Api.GetAsync<V1PersistentVolumeClaim>(ns, "user-scratch") is not null);
        await cluster.UntilAsync("the pod runs", async () => (await cluster.GetAsync<V1Pod>(ns, "user")).Status.Phase == "Running");
        await cluster.Api.DeleteAsync<V1Pod>(ns, "user");
        await cluster.UntilAsync("the claim is gone", async () => await cluster.Api.GetAsync<V1PersistentVolumeClaim>(ns, "user-scratch") is null);
    }

    [Fact]
    public async Task A_quota_counts_what_comes_and_what_goes_and_refuses_more()
    {
        var ns = await cluster.NamespaceAsync("quota");
        await cluster.UntilAsync("the authority is there", async () => await cluster.Api.GetAsync<V1ConfigMap>(ns, "kube-root-ca.crt") is not null);
        var hard = new Dictionary<string, Quantity> { ["pods"] = Quantity.Parse("2"), ["configmaps"] = Quantity.Parse("2"), ["count/deployments.apps"] = Quantity.Parse("5") };
        (await cluster.Api.CreateAsync(new V1ResourceQuota { Metadata = new V1ObjectMeta { Namespace = ns, Name = "limits" }, Spec = new V1ResourceQuotaSpec { Hard = hard } })).Require();
        await cluster.UntilAsync("the quota is counted", async () => await Used(ns, "pods") == "0" && await Used(ns, "configmaps") == "1");

        (await cluster.Api.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Namespace = ns, Name = "one" } })).Require();
        var refused = await cluster.Api.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Namespace = ns, Name = "two" } });
        Assert.Contains("exceeded quota: limits, requested: configmaps=1, used: configmaps=2, limited: configmaps=2", refused.Error?.Message, StringComparison.Ordinal);
        await cluster.Api.DeleteAsync<V1ConfigMap>(ns, "one");
        await cluster.UntilAsync("the room is free again", async () => await Used(ns, "configmaps") == "1");
        (await cluster.Api.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Namespace = ns, Name = "two" } })).Require();
    }

    [Fact]
    public async Task A_role_made_of_others_follows_them()
    {
        var label = new Dictionary<string, string> { ["aggregate-to-test"] = "true" };
        (await cluster.Api.CreateAsync(new V1ClusterRole
        {
            Metadata = new V1ObjectMeta { Name = "whole" },
            AggregationRule = new V1AggregationRule { ClusterRoleSelectors = [new V1LabelSelector { MatchLabels = label }] },
        })).Require();
        (await cluster.Api.CreateAsync(new V1ClusterRole
        {
            Metadata = new V1ObjectMeta { Name = "part", Labels = label }, Rules = [new V1PolicyRule { ApiGroups = ["example.com"], Resources = ["widgets"], Verbs = ["get"] }],
        })).Require();
        await cluster.UntilAsync("the whole has the rules of its part", async () => (await cluster.GetAsync<V1ClusterRole>("", "whole")).Rules.Any(r => r.Resources.Contains("widgets")));
        await cluster.Api.DeleteAsync<V1ClusterRole>("", "part");
        await cluster.UntilAsync("it has lost them", async () => (await cluster.GetAsync<V1ClusterRole>("", "whole")).Rules.Count == 0);
    }

    [Fact]
    public async Task A_secret_that_asks_for_a_token_gets_one_and_goes_with_its_account()
    {
        var ns = await cluster.NamespaceAsync("tokens");
        (await cluster.Api.CreateAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Namespace = ns, Name = "robot" } })).Require();
        (await cluster.Api.CreateAsync(new V1Secret
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = "robot-token", Annotations = new Dictionary<string, string> { ["kubernetes.io/service-account.name"] = "robot" } },
            Type = "kubernetes.io/service-account-token",
        })).Require();
        await cluster.UntilAsync("the token is there", async () => (await cluster.GetAsync<V1Secret>(ns, "robot-token")).Data.ContainsKey("token"));
        var secret = await cluster.GetAsync<V1Secret>(ns, "robot-token");
        Assert.Equal(("test", ns), (Encoding.UTF8.GetString(secret.Data["ca.crt"]), Encoding.UTF8.GetString(secret.Data["namespace"])));
        var review = (await cluster.Api.CreateAsync(new V1TokenReview { Spec = new V1TokenReviewSpec { Token = Encoding.UTF8.GetString(secret.Data["token"]) } })).Require();
        Assert.Equal((true, $"system:serviceaccount:{ns}:robot"), (review.Status.Authenticated, review.Status.User.Username));
        await cluster.Api.DeleteAsync<V1ServiceAccount>(ns, "robot");
        await cluster.UntilAsync("the secret is gone", async () => await cluster.Api.GetAsync<V1Secret>(ns, "robot-token") is null);
    }

    [Fact]
    public async Task An_approved_certificate_request_is_signed_and_one_that_asks_for_too_much_fails()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest("CN=alice,O=developers", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        foreach (var (name, signer, usage) in new[] { ("alice", "kubernetes.io/kube-apiserver-client", "client auth"), ("mallory", "kubernetes.io/kubelet-serving", "server auth") })
        {
            var made = (await cluster.Api.CreateAsync(new V1CertificateSigningRequest
            {
                Metadata = new V1ObjectMeta { Name = name }, Spec = new V1CertificateSigningRequestSpec { Request = Encoding.UTF8.GetBytes(pem), SignerName = signer, Usages = [usage] },
            })).Require();
            var approved = new V1CertificateSigningRequestCondition { Type = "Approved", Status = "True", Reason = "Test" };
            (await cluster.Api.UpdateAsync(made with { Status = new V1CertificateSigningRequestStatus { Conditions = [approved] } }, "approval")).Require();
        }

        await cluster.UntilAsync("the certificate is there", async () => (await cluster.GetAsync<V1CertificateSigningRequest>("", "alice")).Status.Certificate.Length > 0);
        using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString((await cluster.GetAsync<V1CertificateSigningRequest>("", "alice")).Status.Certificate));
        Assert.Contains("CN=alice", certificate.Subject, StringComparison.Ordinal);
        await cluster.UntilAsync("the other failed", async () => (await cluster.GetAsync<V1CertificateSigningRequest>("", "mallory")).Status.Conditions.Any(c => c.Type == "Failed"));
        Assert.Empty((await cluster.GetAsync<V1CertificateSigningRequest>("", "mallory")).Status.Certificate);
    }

    [Fact]
    public async Task A_node_that_may_ask_for_itself_gets_its_certificate_without_anybody()
    {
        using var key = RSA.Create(2048);
        var pem = new CertificateRequest("CN=system:node:n9,O=system:nodes", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem();
        var asking = cluster.As("system:node:n9", "system:nodes", "system:authenticated");
        (await asking.CreateAsync(new V1CertificateSigningRequest
        {
            Metadata = new V1ObjectMeta { Name = "n9" },
            Spec = new V1CertificateSigningRequestSpec
            {
                Request = Encoding.UTF8.GetBytes(pem), SignerName = "kubernetes.io/kube-apiserver-client-kubelet", Usages = ["client auth", "digital signature", "key encipherment"],
            },
        })).Require();
        (await cluster.Api.CreateAsync(new V1ClusterRoleBinding
        {
            Metadata = new V1ObjectMeta { Name = "nodes-renew" },
            RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient" },
            Subjects = [new RbacV1Subject { ApiGroup = "rbac.authorization.k8s.io", Kind = "Group", Name = "system:nodes" }],
        })).Require();
        (await asking.CreateAsync(new V1CertificateSigningRequest
        {
            Metadata = new V1ObjectMeta { Name = "n9-again" },
            Spec = (await cluster.GetAsync<V1CertificateSigningRequest>("", "n9")).Spec,
        })).Require();
        await cluster.UntilAsync("the certificate is there", async () => (await cluster.GetAsync<V1CertificateSigningRequest>("", "n9-again")).Status.Certificate.Length > 0);
        var status = (await cluster.GetAsync<V1CertificateSigningRequest>("", "n9-again")).Status;
        Assert.Equal(("AutoApproved", "Auto approving self kubelet client certificate after SubjectAccessReview."), (status.Conditions[0].Reason, status.Conditions[0].Message));
        using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(status.Certificate));
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages;
        Assert.Equal(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, usage);
    }

    [Fact]
    public async Task A_cron_job_makes_its_job_when_it_is_due()
    {
        var ns = await cluster.NamespaceAsync("cron");
        cluster.Nodes.Ends = p => p.Metadata.Namespace == "cron" ? 0 : null;
        var template = Make.Template("work:1").Spec with { RestartPolicy = "Never" };
        (await cluster.Api.CreateAsync(new V1CronJob
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = "tick" },
            Spec = new V1CronJobSpec { Schedule = "@every 2s", JobTemplate = new V1JobTemplateSpec { Spec = new V1JobSpec { Template = new V1PodTemplateSpec { Spec = template } } } },
        })).Require();
        await cluster.UntilAsync("a job has succeeded", async () => (await cluster.GetAsync<V1CronJob>(ns, "tick")).Status is { LastSuccessfulTime: not null, LastScheduleTime: not null });
        Assert.StartsWith("tick-", (await cluster.ListAsync<V1Job>(ns))[0].Metadata.Name, StringComparison.Ordinal);
    }

    private async Task<string?> Used(string ns, string resource) =>
        (await cluster.GetAsync<V1ResourceQuota>(ns, "limits")).Status.Used.TryGetValue(resource, out var used) ? used.ToString() : null;

    private static V1PersistentVolume Volume(string name, string size) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1PersistentVolumeSpec
        {
            Capacity = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse(size) }, AccessModes = ["ReadWriteOnce"], PersistentVolumeReclaimPolicy = "Retain",
            HostPath = new V1HostPathVolumeSource { Path = "/tmp/" + name },
        },
    };

    private static V1PersistentVolumeClaim Claim(string ns, string name, string size) => new()
    {
        Metadata = new V1ObjectMeta { Namespace = ns, Name = name },
        Spec = new V1PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"], StorageClassName = "",
            Resources = new V1VolumeResourceRequirements { Requests = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse(size) } },
        },
    };
}
