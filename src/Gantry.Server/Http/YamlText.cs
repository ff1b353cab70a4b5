using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Server.Http;

/// <summary>JSON as YAML, as clients of the API know it.</summary>
internal static class YamlText
{
    public static byte[] Of(ReadOnlySpan<byte> json) => Encoding.UTF8.GetBytes(TreeYaml.Write(TreeJson.Parse(json)));
}
