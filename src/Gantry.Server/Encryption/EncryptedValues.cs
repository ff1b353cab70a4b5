using System.Globalization;
using Gantry.Store;

namespace Gantry.Server.Encryption;

/// <summary>Looks through a whole store for values that cannot be read.</summary>
internal static class EncryptedValues
{
    private const int PageSize = 1000;

    /// <summary>Which resources cannot be read, with an example and its reason; null when all can.</summary>
    /// <param name="store">As it is, without <see cref="EncryptedStore"/> in front.</param>
    /// <param name="rules">Null where nothing is configured.</param>
    /// <param name="cancel">Gives up.</param>
    public static async ValueTask<string?> ProblemAsync(IStore store, EncryptionRules? rules, CancellationToken cancel)
    {
        rules ??= new EncryptionRules([]);
        var broken = new SortedDictionary<string, (int Count, string Example)>(StringComparer.Ordinal);
        RangeResult.Page? page = null;
        do
        {
            var query = RangeQuery.Prefix("/registry/") with { At = page?.At, Continue = page?.Next, Limit = PageSize };
            page = (await store.RangeAsync(query, cancel).ConfigureAwait(false)).Require();
            foreach (var item in page.Items)
            {
                await rules.ReadyAsync(item.Key, item.Value, cancel).ConfigureAwait(false);
                if (rules.Read(item.Key, item.Value).Problem is { } problem)
                {
                    var (group, plural) = StoreKeys.Resource(item.Key);
                    var name = group.Length == 0 ? plural : plural + "." + group;
                    var (count, example) = broken.GetValueOrDefault(name, (0, $"{item.Key}: {problem}"));
                    broken[name] = (count + 1, example);
                }
            }
        }
        while (page.Next is not null);

        return broken.Count == 0 ? null
            : string.Join("; ", broken.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Value.Count} of the stored {b.Key} cannot be decrypted ({b.Value.Example})")));
    }
}
