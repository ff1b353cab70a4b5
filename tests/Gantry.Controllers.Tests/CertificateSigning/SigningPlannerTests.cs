using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;
using Gantry.Controllers.CertificateApproval;
using Gantry.Controllers.CertificateSigning;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.CertificateSigning;

public sealed class SigningPlannerTests
{
    private const string Client = "kubernetes.io/kube-apiserver-client";
    private const string Kubelet = "kubernetes.io/kube-apiserver-client-kubelet";
    private const string Serving = "kubernetes.io/kubelet-serving";
    private const string Node = "CN=system:node:one,O=system:nodes";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Client, "CN=alice,O=devs", "", "client auth,digital signature", null)]
    [InlineData(Client, "CN=alice", "", "client auth,server auth", "invalid usage for client certificate: server auth")]
    [InlineData(Client, "CN=alice", "", "digital signature", "missing required usage for client certificate: client auth")]
    [InlineData(Kubelet, Node, "", "client auth,digital signature", null)]
    [InlineData(Kubelet, Node, "", "client auth,digital signature,key encipherment", null)]
    [InlineData(Kubelet, Node, "", "client auth", "usages did not match [client auth digital signature key encipherment]")]
    [InlineData(Kubelet, "CN=system:node:one,O=devs", "", "client auth,digital signature", "subject organization is not system:nodes")]
    [InlineData(Kubelet, "CN=one,O=system:nodes", "", "client auth,digital signature", "subject common name does not begin with system:node:")]
    [InlineData(Kubelet, Node, "dns", "client auth,digital signature", "DNS subjectAltNames are not allowed")]
    [InlineData(Kubelet, Node, "ip", "client auth,digital signature", "IP subjectAltNames are not allowed")]
    [InlineData(Kubelet, Node, "mail", "client auth,digital signature", "Email subjectAltNames are not allowed")]
    [InlineData(Kubelet, Node, "uri", "client auth,digital signature", "URI subjectAltNames are not allowed")]
    [InlineData(Serving, Node, "dns,ip", "server auth,digital signature", null)]
    [InlineData(Serving, Node, "", "server auth,digital signature", "DNS or IP subjectAltName is required")]
    [InlineData(Serving, Node, "dns,mail", "server auth,digital signature", "Email subjectAltNames are not allowed")]
    [InlineData(Serving, Node, "dns", "server auth,client auth", "usages did not match [digital signature key encipherment server auth]")]
    [InlineData("kubernetes.io/legacy-unknown", "CN=x", "", "server auth,client auth", null)]
    public void Each_signer_signs_what_it_is_for_and_says_why_not(string signer, string subject, string names, string usages, string? fault)
    {
        var plan = SigningPlanner.Plan(Approved(Request(signer, subject, names, usages)), (_, _, _) => "signed", Now);
        var written = Assert.IsType<Update<V1CertificateSigningRequest>>(Assert.Single(plan)).Object.Status;
        var failed = written.Conditions.FirstOrDefault(c => c.Type == "Failed");
        Assert.Equal(fault, failed?.Message);
        Assert.Equal(fault is null ? "signed" : "", Encoding.UTF8.GetString(written.Certificate));
        Assert.Equal(fault is null ? null : "SignerValidationFailure", failed?.Reason);
    }

    [Theory]
    [InlineData(null, 365 * 24 * 3600)]
    [InlineData(100, 600)]
    [InlineData(3600, 3600)]
    [InlineData(int.MaxValue, 365 * 24 * 3600)]
    public void A_certificate_lives_as_long_as_asked_between_ten_minutes_and_a_year(int? asked, int seconds)
    {
        var request = Approved(Request(Client, "CN=a", "", "client auth"));
        request = request with { Spec = request.Spec with { ExpirationSeconds = asked } };
        var lifetime = TimeSpan.Zero;
        _ = SigningPlanner.Plan(request, (_, _, time) => { lifetime = time; return "x"; }, Now);
        Assert.Equal(TimeSpan.FromSeconds(seconds), lifetime);
    }

    [Fact]
    public void Nobody_signs_for_a_signer_of_others_or_without_approval()
    {
        Assert.Empty(SigningPlanner.Plan(Approved(Request("example.com/own", "CN=a", "", "client auth")), (_, _, _) => "x", Now));
        Assert.Empty(SigningPlanner.Plan(Request(Client, "CN=a", "", "client auth"), (_, _, _) => "x", Now));
    }

    [Fact]
    public void Requests_go_an_hour_after_they_are_settled_and_a_day_after_they_were_made()
    {
        var request = Request(Client, "CN=a", "", "client auth");
        Assert.Equal(TimeSpan.FromHours(24), SigningPlanner.Rest(request, Now));
        Assert.Equal(TimeSpan.FromHours(1), SigningPlanner.Rest(Approved(request), Now));
        Assert.IsType<Delete<V1CertificateSigningRequest>>(Assert.Single(SigningPlanner.Plan(Approved(request), (_, _, _) => "x", Now.AddHours(1))));
    }

    [Fact]
    public void A_request_goes_with_the_end_of_its_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddHours(-1), Now.AddMinutes(10));
        var request = Approved(Request(Client, "CN=a", "", "client auth"));
        request = request with { Status = request.Status with { Certificate = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()) } };
        Assert.Equal(TimeSpan.FromMinutes(10), SigningPlanner.Rest(request, Now));
    }

    [Theory]
    [InlineData("system:node:one", Node, Kubelet, "selfnodeclient,nodeclient")]
    [InlineData("system:bootstrap:abcdef", Node, Kubelet, "nodeclient")]
    [InlineData("system:node:one", "CN=system:node:one,O=devs", Kubelet, "")]
    [InlineData("system:node:one", Node, Client, "")]
    public void A_node_may_ask_for_itself_or_be_introduced(string user, string subject, string signer, string rights)
    {
        var request = Request(signer, subject, "", "client auth,digital signature");
        Assert.Equal(rights, string.Join(',', ApprovalPlanner.Rights(request with { Spec = request.Spec with { Username = user } })));
    }

    [Fact]
    public void What_is_decided_is_not_decided_again() => Assert.Empty(ApprovalPlanner.Rights(Approved(Request(Kubelet, Node, "", "client auth,digital signature"))));

    private static V1CertificateSigningRequest Approved(V1CertificateSigningRequest request) => request with
    {
        Status = new V1CertificateSigningRequestStatus { Conditions = [new V1CertificateSigningRequestCondition { Type = "Approved", Status = "True", LastUpdateTime = Now }] },
    };

    private static V1CertificateSigningRequest Request(string signer, string subject, string names, string usages)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (name)
            {
                case "dns":
                    alternatives.AddDnsName("one.example");
                    break;
                case "ip":
                    alternatives.AddIpAddress(IPAddress.Loopback);
                    break;
                case "mail":
                    alternatives.AddEmailAddress("a@b.example");
                    break;
                default:
                    alternatives.AddUri(new Uri("spiffe://a/b"));
                    break;
            }
        }

        if (names.Length > 0)
        {
            request.CertificateExtensions.Add(alternatives.Build());
        }

        return new V1CertificateSigningRequest
        {
            Metadata = new V1ObjectMeta { Name = "r", Uid = "u", CreationTimestamp = Now },
            Spec = new V1CertificateSigningRequestSpec { Request = Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()), SignerName = signer, Usages = usages.Split(',') },
        };
    }
}
