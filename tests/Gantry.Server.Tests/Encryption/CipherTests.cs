using System.Text;
using Gantry.Server.Encryption;

namespace Gantry.Server.Tests.Encryption;

public sealed class CipherTests
{
    private static readonly byte[] Key = Convert.FromHexString("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
    private static readonly byte[] Context = "/registry/secrets/default/a"u8.ToArray();

    [Fact]
    public void SecretboxGivesThePublishedTestVector()
    {
        var nonce = Convert.FromHexString("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
        var message = Convert.FromHexString(
            "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06d"
            + "ceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705");
        var expected = "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2"
            + "270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";
        var box = new byte[message.Length + 16];
        SecretboxCipher.Seal(box, message, nonce, Key);
        Assert.Equal(expected, Convert.ToHexStringLower(box));
        Assert.Equal(message, SecretboxCipher.Open(box, nonce, Key));
    }

    [Fact]
    public void Poly1305GivesTheTagOfTheStandard()
    {
        var key = Convert.FromHexString("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
        var tag = new byte[16];
        Poly1305.Tag(tag, "Cryptographic Forum Research Group"u8, key);
        Assert.Equal("a8061dc1305136c6c22b8baf0c0127a9", Convert.ToHexStringLower(tag));
    }

    [Theory]
    [InlineData("aesgcm")]
    [InlineData("aescbc")]
    [InlineData("secretbox")]
    public void WhatIsEncryptedComesBackWhateverItsLength(string name)
    {
        var cipher = Cipher(name);
        for (var length = 0; length < 200; length++)
        {
            var value = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
            var stored = cipher.Encrypt("p:"u8, value, Context);
            Assert.Equal("p:", Encoding.ASCII.GetString(stored[..2]));
            Assert.Equal(value, cipher.Decrypt(stored.AsSpan(2), Context));
        }
    }

    [Theory]
    [InlineData("aesgcm")]
    [InlineData("secretbox")]
    public void AChangedByteIsNoticed(string name)
    {
        var cipher = Cipher(name);
        var stored = cipher.Encrypt([], "a value"u8, Context);
        for (var i = 0; i < stored.Length; i++)
        {
            var changed = (byte[])stored.Clone();
            changed[i] ^= 1;
            Assert.Throws<EncryptionException>(() => cipher.Decrypt(changed, Context));
        }

        Assert.Throws<EncryptionException>(() => cipher.Decrypt(stored.AsSpan(0, 5), Context));
    }

    [Fact]
    public void AValueMovedToAnotherKeyIsNotTakenForIt()
    {
        var cipher = Cipher("aesgcm");
        var stored = cipher.Encrypt([], "a value"u8, Context);
        var error = Assert.Throws<EncryptionException>(() => cipher.Decrypt(stored, "/registry/secrets/default/b"u8));
        Assert.Equal("cipher: message authentication failed", error.Message);
    }

    [Theory]
    [InlineData("/registry/core/secrets/default/a", "/registry/secrets/default/a")]
    [InlineData("/registry/core/services/default/a", "/registry/services/specs/default/a")]
    [InlineData("/registry/apps/deployments/default/a", "/registry/deployments/default/a")]
    [InlineData("/registry/networking.k8s.io/ingresses/default/a", "/registry/ingress/default/a")]
    [InlineData("/registry/example.com/things/default/a", "/registry/example.com/things/default/a")]
    [InlineData("/registry/apiextensions.k8s.io/customresourcedefinitions/x", "/registry/apiextensions.k8s.io/customresourcedefinitions/x")]
    public void ValuesAreBoundToTheKeyThatKubernetesWouldUse(string key, string context) =>
        Assert.Equal(context, Encoding.UTF8.GetString(StoreKeys.Context(key)));

    private static IValueCipher Cipher(string name) => name switch
    {
        "aesgcm" => new AesGcmCipher(Key),
        "aescbc" => new AesCbcCipher(Key),
        _ => new SecretboxCipher(Key),
    };
}
