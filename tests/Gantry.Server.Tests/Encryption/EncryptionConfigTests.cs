using System.Text;
using Gantry.Server.Encryption;

namespace Gantry.Server.Tests.Encryption;

public sealed class EncryptionConfigTests
{
    private const string Good = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    [Theory]
    [InlineData("[secrets]", "core/secrets", true)]
    [InlineData("[secrets]", "core/configmaps", false)]
    [InlineData("['*.']", "core/configmaps", true)]
    [InlineData("['*.']", "apps/deployments", false)]
    [InlineData("['*.apps']", "apps/deployments", true)]
    [InlineData("[deployments.apps]", "apps/deployments", true)]
    [InlineData("['*.*']", "example.com/things", true)]
    public void ResourcesAreChosenByNameGroupOrAltogether(string resources, string place, bool encrypted)
    {
        var rules = Read($"resources: [{{resources: {resources}, providers: [{{aesgcm: {{keys: [{{name: k, secret: {Good}}}]}}}}, {{identity: {{}}}}]}}]");
        var stored = rules.Write($"/registry/{place}/default/a", "{}"u8.ToArray());
        Assert.Equal(encrypted, Encoding.ASCII.GetString(stored.Span).StartsWith("k8s:enc:aesgcm:v1:k:", StringComparison.Ordinal));
    }

    [Fact]
    public void TheNarrowestEntryCounts()
    {
        var rules = Read("""
            resources:
            - resources: ["*.*"]
              providers: [{aesgcm: {keys: [{name: all, secret: GOOD}]}}]
            - resources: [events]
              providers: [{identity: {}}]
            """.Replace("GOOD", Good, StringComparison.Ordinal));
        Assert.Equal("{}", Encoding.ASCII.GetString(rules.Write("/registry/core/events/default/a", "{}"u8.ToArray()).Span));
        Assert.StartsWith("k8s:enc:aesgcm:v1:all:", Encoding.Latin1.GetString(rules.Write("/registry/core/pods/default/a", "{}"u8.ToArray()).Span), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryProviderReadsAndOnlyTheFirstKeyIsFresh()
    {
        var old = Read($"resources: [{{resources: [secrets], providers: [{{aescbc: {{keys: [{{name: old, secret: {Good}}}]}}}}]}}]");
        var both = Read($"resources: [{{resources: [secrets], providers: [{{aescbc: {{keys: [{{name: new, secret: {Good}}}, {{name: old, secret: {Good}}}]}}}}, {{identity: {{}}}}]}}]");
        const string key = "/registry/core/secrets/default/a";
        Assert.Equal((true, (string?)null), Told(both.Read(key, old.Write(key, "{}"u8.ToArray()))));
        Assert.Equal((true, (string?)null), Told(both.Read(key, "{}"u8.ToArray())));
        Assert.Equal((false, (string?)null), Told(both.Read(key, both.Write(key, "{}"u8.ToArray()))));
        Assert.Equal("no matching key was found for the provided AES transformer", old.Read(key, both.Write(key, "{}"u8.ToArray())).Problem);
        Assert.Equal("no matching prefix found", old.Read(key, "{}"u8.ToArray()).Problem);
        Assert.Equal("identity transformer tried to read encrypted data", new EncryptionRules([]).Read(key, old.Write(key, "{}"u8.ToArray())).Problem);
    }

    [Theory]
    [InlineData("resources: []", "resources: Required value: at least one resources is required")]
    [InlineData("resources: [{providers: [{identity: {}}]}]", "resources[0].resources: Required value: at least one resources[0].resources is required")]
    [InlineData("resources: [{resources: [secrets]}]", "resources[0].providers: Required value: at least one resources[0].providers is required")]
    [InlineData("resources: [{resources: [secrets], providers: [{aesgcm: {}}]}]", "resources[0].providers[0].aesgcm.keys: Required value: at least one keys is required")]
    [InlineData("resources: [{resources: [secrets], providers: [{aesgcm: {keys: [{secret: " + Good + "}]}}]}]", "resources[0].providers[0].aesgcm.keys[0].name: Required value: name is a mandatory field for a key")]
    [InlineData("resources: [{resources: [secrets], providers: [{aesgcm: {keys: [{name: a, secret: P@ssword}]}}]}]", "resources[0].providers[0].aesgcm.keys[0].secret: Invalid value: \"REDACTED\": secrets must be base64 encoded")]
    [InlineData("resources: [{resources: [secrets], providers: [{secretbox: {keys: [{name: a, secret: cGFzc3dvcmQK}]}}]}]", "resources[0].providers[0].secretbox.keys[0].secret: Invalid value: \"REDACTED\": secret is not of the expected length, got 9, expected one of [32]")]
    [InlineData("resources: [{resources: [secrets, '*.'], providers: [{identity: {}}]}]", "resources[0].resources: Invalid value: []string{\"secrets\", \"*.\"}: using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked")]
    [InlineData("resources: [{resources: [secrets, secrets], providers: [{identity: {}}]}]", "resources[0].resources: Invalid value: []string{\"secrets\", \"secrets\"}: the same resource cannot be specified multiple times")]
    [InlineData("resources: [{resources: ['*'], providers: [{identity: {}}]}]", "resources[0].resources[0]: Invalid value: \"*\": use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources")]
    [InlineData("resources: [{resources: [Secrets], providers: [{identity: {}}]}]", "resources[0].resources[0]: Invalid value: \"Secrets\": resource name should not contain capital letters")]
    [InlineData("resources: [{resources: ['secrets.*'], providers: [{identity: {}}]}]", "resources[0].resources[0]: Invalid value: \"secrets.*\": encrypting the same resource across groups is not supported")]
    [InlineData("resources: [{resources: [secrets], providers: [{identity: {}, aesgcm: {}}]}]", "resources[0].providers[0]: Invalid value: \"REDACTED\": more than one provider specified in a single element, should split into different list elements")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {name: x, endpoint: 'unix:///a.sock'}}]}]", "KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead. Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature.")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, endpoint: 'unix:///a.sock'}}]}]", "resources[0].providers[0].kms.name: Required value: name is a mandatory field for a provider")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: 'a:b', endpoint: 'unix:///a.sock'}}]}]", "resources[0].providers[0].kms.name: Invalid value: \"a:b\": invalid KMS provider name a:b, must not contain ':'")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: a}}]}]", "resources[0].providers[0].kms.endpoint: Invalid value: \"\": endpoint is a mandatory field for a kms")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'tcp://1.2.3.4'}}]}]", "resources[0].providers[0].kms.endpoint: Invalid value: \"tcp://1.2.3.4\": unsupported scheme \"tcp\" for KMS provider, only unix is supported")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///a.sock', timeout: 0s}}]}]", "resources[0].providers[0].kms.timeout: Invalid value: 0s: timeout should be a positive value")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///a.sock', timeout: soon}}]}]", "error unmarshaling JSON: time: invalid duration \"soon\"")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///a.sock', cachesize: 7}}]}]", "resources[0].providers[0].kms.cachesize: Invalid value: 7: cachesize is not supported in v2")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v1, name: a, endpoint: 'unix:///a.sock', cachesize: 0}}]}]", "resources[0].providers[0].kms.cachesize: Invalid value: 0: cachesize should be a positive value, or negative to disable")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v3, name: a, endpoint: 'unix:///a.sock'}}]}]", "resources[0].providers[0].kms.apiVersion: Invalid value: \"v3\": unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported")]
    [InlineData("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///a'}}, {kms: {apiVersion: v2, name: a, endpoint: 'unix:///b'}}]}]", "resources[0].providers[1].kms.name: Invalid value: \"a\": duplicate KMS provider name a, names must be unique")]
    public void AWrongConfigurationIsRefusedInKubernetesWords(string body, string message) =>
        Assert.Equal(message, Assert.Throws<EncryptionException>(() => Read(body)).Message);

    [Fact]
    public void ADocumentOfAnotherKindIsRefused()
    {
        var error = Assert.Throws<EncryptionException>(() => EncryptionConfigReader.Read("kind: Pod\napiVersion: v1\n"u8.ToArray(), Parts));
        Assert.StartsWith("no kind \"Pod\" is registered for version \"v1\"", error.Message, StringComparison.Ordinal);
    }

    private static (bool Stale, string? Problem) Told((ReadOnlyMemory<byte> Value, bool Stale, string? Problem, bool Away) read) => (read.Stale, read.Problem);

    private static EncryptionParts Parts { get; } = new(null, false, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private static EncryptionRules Read(string body) =>
        EncryptionConfigReader.Read(Encoding.UTF8.GetBytes("kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\n" + body), Parts);
}
