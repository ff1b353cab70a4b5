using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Encryption.Kms;
using Gantry.Server.Validation;

namespace Gantry.Server.Encryption;

/// <summary>Reads an EncryptionConfiguration (<c>apiserver.config.k8s.io/v1</c>), and refuses wrong ones in Kubernetes' words. Secrets are in no message.</summary>
public static class EncryptionConfigReader
{
    private const string ApiVersion = "apiserver.config.k8s.io/v1";
    private const string Kind = "EncryptionConfiguration";
    private static readonly string[] Names = ["kms", "aesgcm", "aescbc", "secretbox", "identity"];

    /// <summary>The rules that a document describes.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="parts">What its providers are made with.</param>
    /// <exception cref="EncryptionException">Everything that is wrong with it.</exception>
    public static EncryptionRules Read(byte[] text, EncryptionParts parts)
    {
        TreeMap root;
        try
        {
            root = TreeYaml.Parse(text) as TreeMap ?? throw new EncryptionException("it holds no EncryptionConfiguration");
        }
        catch (TreeException e)
        {
            throw new EncryptionException(e.Message, e);
        }

        if (root.Text("kind") != Kind || root.Text("apiVersion") != ApiVersion)
        {
            throw new EncryptionException($"no kind \"{root.Text("kind")}\" is registered for version \"{root.Text("apiVersion")}\"; wanted is {Kind} of {ApiVersion}");
        }

        var errors = new FieldErrors();
        var rules = Rules(root, parts.Reload, errors);
        if (errors.Any)
        {
            throw new EncryptionException(errors.Count == 1 ? errors.List[0].ToString() : "[" + string.Join(", ", errors.List) + "]");
        }

        // Connections are made only for a configuration that is right.
        return new EncryptionRules(rules.Select(r => (r.Resource, (IReadOnlyList<ValueProvider>)[.. r.Providers.Select(p => p.Made(parts))])));
    }

    private static List<((string Group, string Plural) Resource, IReadOnlyList<Given> Providers)> Rules(TreeMap root, bool reload, FieldErrors errors)
    {
        var at = FieldPath.Root("resources");
        var rules = new List<((string, string), IReadOnlyList<Given>)>();
        var plugins = new HashSet<string>(StringComparer.Ordinal);
        var entries = root.Items("resources").ToList();
        if (entries.Count == 0)
        {
            errors.Required(at, "at least one resources is required");
        }

        for (var i = 0; i < entries.Count; i++)
        {
            var (names, here) = (at.Index(i).Child("resources"), at.Index(i).Child("providers"));
            var resources = (entries[i].List("resources") ?? []).OfType<TreeString>().Select(r => r.Value).ToList();
            if (resources.Count == 0)
            {
                errors.Required(names, $"at least one {names} is required");
            }

            EncryptionResourceRules.Check(names, resources, errors);
            var given = entries[i].Items("providers").ToList();
            if (given.Count == 0)
            {
                errors.Required(here, $"at least one {here} is required");
            }

            var providers = given.Select((p, j) => Provider(here.Index(j), p, plugins, reload, errors)).OfType<Given>().ToList();
            rules.AddRange(resources.Select(r => (EncryptionResourceRules.Parse(r), (IReadOnlyList<Given>)providers)));
        }

        return rules;
    }

    private static Given? Provider(FieldPath at, TreeMap given, HashSet<string> plugins, bool reload, FieldErrors errors)
    {
        var found = Names.Where(given.Has).ToList();
        switch (found)
        {
            case []:
                errors.Invalid(at, "REDACTED", "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity");
                return null;
            case ["identity"]:
                return new Given(ValueProvider.Identity);
            case ["kms"]:
                return KmsConfigRules.Read(at.Child("kms"), given.Map("kms") ?? new TreeMap(), plugins, reload, errors) is { } kms ? new Given(kms) : null;
            case [var name]:
                var keys = Keys(at.Child(name).Child("keys"), given.Map(name)?.Items("keys").ToList() ?? [], name == "secretbox" ? [32] : [16, 24, 32], errors);
                return keys is null ? null : new Given(name switch
                {
                    "aesgcm" => ValueProvider.AesGcm(keys),
                    "aescbc" => ValueProvider.AesCbc(keys),
                    _ => ValueProvider.Secretbox(keys),
                });
            default:
                errors.Invalid(at, "REDACTED", "more than one provider specified in a single element, should split into different list elements");
                return null;
        }
    }

    private static List<(string Name, byte[] Key)>? Keys(FieldPath at, List<TreeMap> given, int[] lengths, FieldErrors errors)
    {
        if (given.Count == 0)
        {
            errors.Required(at, "at least one keys is required");
            return null;
        }

        var keys = new List<(string, byte[])>();
        for (var i = 0; i < given.Count; i++)
        {
            var (here, name, secret) = (at.Index(i), given[i].Text("name") ?? "", given[i].Text("secret") ?? "");
            if (name.Length == 0)
            {
                errors.Required(here.Child("name"), "name is a mandatory field for a key");
            }

            if (secret.Length == 0)
            {
                errors.Required(here.Child("secret"), "secret is a mandatory field for a key");
                continue;
            }

            var buffer = new byte[Encoding.UTF8.GetByteCount(secret)];
            if (!Convert.TryFromBase64String(secret, buffer, out var length))
            {
                errors.Invalid(here.Child("secret"), "REDACTED", "secrets must be base64 encoded");
                continue;
            }

            if (!lengths.Contains(length))
            {
                errors.Invalid(here.Child("secret"), "REDACTED", $"secret is not of the expected length, got {length}, expected one of [{string.Join(' ', lengths)}]");
                continue;
            }

            keys.Add((name, buffer[..length]));
        }

        return keys.Count == 0 ? null : keys;
    }

    // A provider, or what it is to be made of: one for all the resources of its entry.
    private sealed class Given
    {
        private readonly KmsConfigRules? _kms;
        private ValueProvider? _provider;

        public Given(ValueProvider provider) => _provider = provider;

        public Given(KmsConfigRules kms) => _kms = kms;

        public ValueProvider Made(EncryptionParts parts) => _provider ??= Remote(_kms!, parts);

        private static KmsProvider Remote(KmsConfigRules kms, EncryptionParts parts)
        {
            if (kms.IsOld)
            {
                throw new EncryptionException("KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead. "
                    + "Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature.");
            }

            return parts.Keys is { } keys ? new KmsProvider(kms.Name, keys.Connect(kms.Socket, kms.Timeout), keys, parts.Log)
                : throw new EncryptionException($"could not configure KMSv2-Plugin's probe \"{kms.Name}\", error: this server has no way to key services");
        }
    }
}
