// These tests share the machine's network and its processor.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
