using System.Globalization;
using System.Text;
using Gantry.Store;
using Gantry.Store.Sqlite;

// The victim of the crash test: writes to the store in args[0] with args[1] clients until it is killed, and prints a line for each write
// after its acknowledgement. args[2] seeds what the clients do. Each client's n-th transaction sets /<client>/a and /<client>/b to n, adds
// /<client>/log/<n> and deletes the entry 20 before it; so every part of it can be told from every other.
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: StoreCrash FILE CLIENTS SEED");
    return 64;
}
var clients = int.Parse(args[1], CultureInfo.InvariantCulture);
var seed = int.Parse(args[2], CultureInfo.InvariantCulture);
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
var limits = new StoreOptions { HistoryBytes = 2 << 20, RelaxedFlush = TimeSpan.FromMilliseconds(50) };
await using var store = SqliteStore.Open(new SqliteStoreOptions { File = args[0], ReserveBytes = 0, Limits = limits }, TimeProvider.System);
await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(client, new Random((seed * 1000) + client)))));
return 0;

async Task ClientAsync(int client, Random random)
{
    var found = (await store.RangeAsync(RangeQuery.One($"/{client}/a"))).Require().Items;
    var n = found.Count == 0 ? 0 : int.Parse(Encoding.UTF8.GetString(found[0].Value.Span), CultureInfo.InvariantCulture);
    var beats = 0;
    while (true)
    {
        n++;
        var value = Encoding.UTF8.GetBytes(n.ToString(CultureInfo.InvariantCulture));
        var padding = new byte[random.Next(0, 6000)];
        random.NextBytes(padding);
        var at = await CommitAsync(new StoreTransaction
        {
            Writes =
            [
                new Write.Put($"/{client}/a", value),
                new Write.Put($"/{client}/log/{n}", padding),
                new Write.Delete($"/{client}/log/{n - 20}"),
                new Write.Put($"/{client}/b", value),
            ],
        });
        Say($"full {client} {n} {at}");
        if (random.Next(3) == 0)
        {
            beats++;
            at = await CommitAsync(new StoreTransaction
            {
                Writes = [new Write.Put($"/{client}/lease", Encoding.UTF8.GetBytes($"{beats}")) { Durability = Durability.Relaxed }],
            });
            Say($"relaxed {client} {beats} {at}");
        }
        if (random.Next(200) == 0)
        {
            await store.CompactAsync(new Revision(Math.Max(0, at.Value - 50)));
        }
    }
}

async Task<Revision> CommitAsync(StoreTransaction transaction) => await store.CommitAsync(transaction) switch
{
    CommitResult.Committed committed => committed.At,
    var other => throw new InvalidOperationException($"refused: {other}"),
};

void Say(string line)
{
    // One write per line, so that a kill can cut at most the last one.
    lock (output)
    {
        output.Write(line + "\n");
    }
}
