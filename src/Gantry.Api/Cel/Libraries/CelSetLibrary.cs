namespace Gantry.Api.Cel.Libraries;

/// <summary>The sets extension: lists as sets.</summary>
internal static class CelSetLibrary
{
    public static void Declare(CelFunctionTable table)
    {
        var list = CelType.List(CelType.Parameter("T"));
        table.Global("sets.contains", "list_sets_contains_list", [list, list], CelType.Bool, static a => CelValue.Of(Contains(a[0], a[1])));
        table.Global("sets.equivalent", "list_sets_equivalent_list", [list, list], CelType.Bool, static a => CelValue.Of(Contains(a[0], a[1]) && Contains(a[1], a[0])));
        table.Global("sets.intersects", "list_sets_intersects_list", [list, list], CelType.Bool, static a => CelValue.Of(Set(a[0]).Overlaps(a[1].Items())));
    }

    private static HashSet<CelValue> Set(CelValue list) => [.. list.Items()];

    private static bool Contains(CelValue list, CelValue part) => Set(list).IsSupersetOf(part.Items());
}
