using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Server.Certificates;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Certificates;

[Collection(SharedServer.Name)]
public sealed class Ed25519Tests(RunningServer server)
{
    private const string Request = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIGcMFACAQAwHTENMAsGA1UECgwEZGV2czEMMAoGA1UEAwwDYW5uMCowBQYDK2Vw
        AyEAZpXsh+cY2XSEGD3GKmRWdK/qXtFIvq8P9fqO/PCxPWmgADAFBgMrZXADQQA4
        eF86peuSmjSKRkaJv8EATXab2jaL/NAyV8/9LKRjSBHMtUcgbWlqbna6mBAlkEuv
        QwF1Sewmx+mqFIhtkY4K
        -----END CERTIFICATE REQUEST-----
        """;

    // RFC 8032, 7.1.
    [Theory]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Signatures_of_the_standard_are_right_and_others_are_not(string key, string message, string signature)
    {
        var (k, m, s) = (Convert.FromHexString(key), Convert.FromHexString(message), Convert.FromHexString(signature));
        Assert.True(Ed25519.Verify(k, m, s));
        Assert.False(Ed25519.Verify(k, [.. m, 0], s));
        for (var i = 0; i < s.Length; i += 9)
        {
            s[i] ^= 1;
            Assert.False(Ed25519.Verify(k, m, s));
            s[i] ^= 1;
        }
    }

    [Fact]
    public async Task A_request_of_such_a_key_is_accepted_and_signed_and_a_forged_one_refused()
    {
        string Body(string pem) => $$$"""
            {"metadata":{"name":"{{{server.Name("ed")}}}"},"spec":{"signerName":"kubernetes.io/kube-apiserver-client","usages":["client auth"],"request":"{{{Convert.ToBase64String(Encoding.ASCII.GetBytes(pem))}}}"} }
            """;
        const string Path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

        var made = await server.PostAsync(Path, Body(Request));
        Assert.True(made.Code == 201, made.Text);
        var lines = Request.Split('\n');
        var signature = Convert.FromBase64String(string.Concat(lines[1..^1]));
        signature[^1] ^= 1;
        var forged = await server.PostAsync(Path, Body(lines[0] + "\n" + Convert.ToBase64String(signature) + "\n" + lines[^1]));
        Assert.Equal(422, forged.Code);
        Assert.Contains("x509: ", forged.Message);

        var authority = server.Server.Pki.Authority;
        using var certificate = X509Certificate2.CreateFromPem(authority.SignRequest(Request, ["client auth"], TimeSpan.FromHours(1)));
        Assert.Equal(("CN=ann, O=devs", "1.3.101.112"), (certificate.Subject, certificate.PublicKey.Oid.Value));
    }
}
