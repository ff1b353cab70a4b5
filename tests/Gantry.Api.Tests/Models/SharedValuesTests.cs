using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Api.Models;

namespace Gantry.Api.Tests.Models;

public sealed class SharedValuesTests
{
    private static string Numbered(string text, int number) => text + number.ToString(CultureInfo.InvariantCulture);

    private static V1ConfigMap Read(string key, string value) => ApiJson.Decode<V1ConfigMap>(JsonSerializer.SerializeToUtf8Bytes(
        new { metadata = new { name = "one", labels = new Dictionary<string, string> { [key] = value } } }));

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("a \"quoted\" word")]
    [InlineData("größe")]
    [InlineData("this one is longer than what is kept to be shared, so each object holds it for itself")]
    public void A_text_is_what_was_written_however_often_it_is_read(string value)
    {
        Assert.Equal(value, Read("shared", value).Metadata.Labels["shared"]);
        Assert.Equal(value, Read("shared", value).Metadata.Labels["shared"]);
    }

    [Fact]
    public void Many_different_texts_do_not_take_each_others_place()
    {
        for (var i = 0; i < 20_000; i++)
        {
            var (key, value) = Assert.Single(Read(Numbered("key-", i), Numbered("value-", i)).Metadata.Labels);
            Assert.Equal((Numbered("key-", i), Numbered("value-", i)), (key, value));
        }
    }

    [Fact]
    public void Managed_fields_are_what_was_written()
    {
        for (var i = 0; i < 2000; i++)
        {
            var fields = "{\"f:data\":{\"f:" + Numbered("key-", i % 700) + "\":{}}}";
            var json = $$$"""{"metadata":{"name":"one","managedFields":[{"manager":"m","fieldsV1":{{{fields}}}}]}}""";
            var read = ApiJson.Decode<V1ConfigMap>(Encoding.UTF8.GetBytes(json));
            Assert.Equal(fields, Assert.Single(read.Metadata.ManagedFields).FieldsV1!.Value.GetRawText());
        }
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("[\"a\"]", 1)]
    [InlineData("[\"a\",\"b\"]", 2)]
    [InlineData("[\"a\",\"b\",\"c\"]", 3)]
    public void A_list_has_the_items_that_were_written(string list, int count)
    {
        var read = ApiJson.Decode<V1ConfigMap>(Encoding.UTF8.GetBytes($$$"""{"metadata":{"finalizers":{{{list}}}}}"""));
        Assert.Equal("abc"[..count], string.Concat(read.Metadata.Finalizers));
    }

    [Fact]
    public void A_number_is_no_text() =>
        Assert.Throws<JsonException>(() => ApiJson.Decode<V1ConfigMap>("""{"metadata":{"name":1}}"""u8));
}
