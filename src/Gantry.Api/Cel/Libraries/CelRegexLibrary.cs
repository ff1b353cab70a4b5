namespace Gantry.Api.Cel.Libraries;

/// <summary>Kubernetes' functions with regular expressions.</summary>
internal static class CelRegexLibrary
{
    public static void Declare(CelFunctionTable table)
    {
        var text = CelType.String;
        var texts = CelType.List(text);
        table.Member("find", "string_find_string", [text, text], text, static a => CelPattern.Find(a[0].Text, a[1].Text));
        table.Member("findAll", "string_find_all_string", [text, text], texts, static a => CelPattern.FindAll(a[0].Text, a[1].Text, -1));
        table.Member("findAll", "string_find_all_string_int", [text, text, CelType.Int], texts, static a => CelPattern.FindAll(a[0].Text, a[1].Text, a[2].Int));
    }
}
