package catalog

func (l *loader) loadDemo() {}
